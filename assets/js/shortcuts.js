/**
 * Keyboard shortcuts: the list that `?` opens, and single keys that lead to what has the key in its
 * `data-key`: a button is pressed, anything else gets the focus. They can be switched off in the
 * list, which this browser remembers; they are off while something is typed or a dialog is open.
 *
 *   displacement.shortcuts.letter(event); // the letter or sign of a shortcut, else ''
 *
 * Links that skip something (`a.skip-link`) open what they lead to, and leave the address as it is.
 * What they lead to is told first, by `displacement:reveal`, so that a page may show it.
 */
(() => {
  'use strict';

  const KEPT = 'displacement-shortcuts';
  const OFF = 'off';
  const TYPED =
    'input:not([type="range"], [type="radio"], [type="checkbox"]), select, textarea, [contenteditable]';
  const FOCUSABLE = 'a[href], button, input, select, summary, [tabindex="0"]';
  const dialog = document.getElementById('shortcuts');

  // Where a frame or a browser allows no storage, the choice holds for this page.
  function remembered() {
    try {
      return window.localStorage.getItem(KEPT);
    } catch {
      return null;
    }
  }

  function remember(on) {
    try {
      if (on) window.localStorage.removeItem(KEPT);
      else window.localStorage.setItem(KEPT, OFF);
    } catch {
      // It holds for this page.
    }
  }

  let isOn = remembered() !== OFF;

  /** The letter or sign of a shortcut; "" where none is meant. On any keyboard, by its place. */
  function letter({ key, code, target, altKey, ctrlKey, metaKey }) {
    if (!isOn || altKey || ctrlKey || metaKey || key.length !== 1) return '';
    if (target.closest?.(TYPED) || document.querySelector('dialog[open]')) return '';
    if (key === '?' || key === '؟') return '?';
    if (/[ -~]/.test(key)) return key.toLowerCase();
    return /^(?:Key[A-Z]|Digit[0-9])$/.test(code) ? code.at(-1).toLowerCase() : '';
  }

  // ---- going to what a key stands for -----------------------------------------------------

  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });

  function reveal(element) {
    element.dispatchEvent(new CustomEvent('displacement:reveal', { bubbles: true }));
    for (let at = element.closest('details'); at; at = at.parentElement.closest('details')) {
      at.open = true;
    }
  }

  /** Give the focus to an element, or to the first thing in it that takes it. */
  function focusOn(element) {
    reveal(element);
    const inside = [...element.querySelectorAll(FOCUSABLE)].find(isSeen);
    const target = element.matches(`${FOCUSABLE}, [tabindex]`) ? element : inside;
    target?.focus();
    target?.scrollIntoView({ block: 'nearest' });
  }

  function take(element) {
    if (element.matches('button, a')) element.click();
    else focusOn(element.control ?? element); // a label stands for its field
  }

  /** What a key stands for; where nothing of it is seen, what can be brought up. */
  function find(key) {
    const found = [...document.querySelectorAll('[data-key]')].filter(
      (element) => element.dataset.key === key,
    );
    return found.find(isSeen) ?? found[0];
  }

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    const key = letter(event);
    const wanted = key && key !== '?' ? find(key) : null;
    if (key === '?' && dialog) open();
    else if (wanted && !event.repeat) take(wanted);
    else return;
    event.preventDefault();
  });

  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a.skip-link');
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    focusOn(target);
  });

  // ---- the list ---------------------------------------------------------------------------

  let before = null;

  function open() {
    before = document.activeElement;
    dialog.showModal();
    dialog.querySelector('h2').focus();
  }

  if (dialog) {
    const toggle = dialog.querySelector('input');
    toggle.checked = isOn;
    toggle.addEventListener('change', () => {
      isOn = toggle.checked;
      remember(isOn);
    });
    dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
    // The browser gives the focus back by itself, and a key may have led on before this is told.
    dialog.addEventListener('close', () => {
      if (document.activeElement === document.body) before?.focus();
    });
    for (const button of document.querySelectorAll('[data-shortcuts]')) {
      button.hidden = false;
      button.addEventListener('click', open);
    }
  }

  window.displacement = window.displacement || {};
  window.displacement.shortcuts = { letter };
})();
