/**
 * Makes an element: displacement.element('td', { class: 'number', onclick }, 'text', child, …).
 * Text goes in as text, never as HTML; null children are left out.
 *
 * displacement.keepFocus(root, draw) draws what is in an element anew and leaves the focus where it
 * was: on the same element, or on the one with the same `data-held`.
 */
(() => {
  'use strict';

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, '');
      else if (value !== false && value != null) made.setAttribute(name, value);
    }
    made.append(
      ...children.flat().filter((child) => child !== null && child !== undefined && child !== ''),
    );
    return made;
  }

  function keepFocus(root, draw) {
    const held = root.contains(document.activeElement) ? document.activeElement : null;
    draw();
    if (!held || held === document.activeElement) return;
    const again = held.isConnected
      ? held
      : [...root.querySelectorAll('[data-held]')].find(
          (each) => each.dataset.held === held.dataset.held,
        );
    (again ?? root.closest('[tabindex]'))?.focus({ preventScroll: true });
  }

  window.displacement = window.displacement || {};
  Object.assign(window.displacement, { element, keepFocus });
})();
