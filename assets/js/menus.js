/**
 * The menus of the header: Escape closes the one that the focus is in, and a press beside it, too.
 * They open and close without this script.
 */
(() => {
  'use strict';

  const menus = [...document.querySelectorAll('.masthead details')];

  /** Whether an element belongs to a menu: the phone's stands beside what opens it. */
  const holds = (menu, target) =>
    menu.contains(target) ||
    (menu.className === 'menu-toggle' && menu.nextElementSibling.contains(target));

  document.addEventListener('click', ({ target }) => {
    for (const menu of menus) if (menu.open && !holds(menu, target)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    const menu = menus.findLast((each) => each.open && holds(each, event.target));
    if (!menu) return;
    event.preventDefault(); // nothing below it is closed
    menu.open = false;
    menu.querySelector('summary').focus();
  });
})();
