/**
 * Dash 4 draws its radio buttons and checkboxes as real inputs in real labels, and then calls the
 * list a listbox and each label an option. A screen reader hears an option with a control inside,
 * which is neither. This takes the claim back and leaves the native controls as they are.
 * https://www.w3.org/WAI/ARIA/apg/patterns/radio/
 */
(() => {
  'use strict';

  function mend(list) {
    const group = list.closest('fieldset')?.querySelector('legend')?.textContent;
    const radio = list.querySelector('input[type="radio"]');
    if (list.getAttribute('role') !== (radio ? 'radiogroup' : 'group')) {
      list.setAttribute('role', radio ? 'radiogroup' : 'group');
    }
    const name =
      list.dataset.label || list.closest('[aria-label]')?.getAttribute('aria-label') || group;
    if (name && !list.hasAttribute('aria-label')) list.setAttribute('aria-label', name);
    for (const label of list.querySelectorAll('label[role], label[aria-selected]')) {
      label.removeAttribute('role');
      label.removeAttribute('aria-selected');
    }
  }

  /** Mend every list below root, now and whenever Dash draws one anew. */
  function nativeControls(root) {
    const lists = () => root.querySelectorAll('.dash-options-list');
    const all = () => lists().forEach(mend);
    const filter = ['role', 'aria-selected'];
    new MutationObserver(all).observe(root, {
      subtree: true,
      childList: true,
      attributeFilter: filter,
    });
    all();
  }

  window.displacement.nativeControls = nativeControls;
})();
