/**
 * The language switch in the header leads to the same page in another language: to where the page
 * is by then, which follows every step that is written into the address.
 */
(() => {
  'use strict';

  const SWITCH = '.languages a[hreflang]';
  const KEY = 'lang';

  function follow(event) {
    const link = event.target.closest?.(SWITCH);
    if (!link) return;
    const address = new URL(link.href);
    const here = new URLSearchParams(window.location.search);
    here.set(KEY, link.hreflang);
    address.search = String(here).replaceAll('%7E', '~');
    address.hash = window.location.hash;
    link.href = address.href;
  }

  // Before it is followed, copied or opened beside: by hand, by keyboard or by a menu.
  for (const when of ['pointerdown', 'focusin', 'click', 'contextmenu'])
    document.addEventListener(when, follow, true);
})();
