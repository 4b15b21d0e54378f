/**
 * Makes an element: displacement.element('td', { class: 'number', onclick }, 'text', child, …).
 * Text goes in as text, never as HTML; null children are left out.
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

  window.displacement = window.displacement || {};
  window.displacement.element = element;
})();
