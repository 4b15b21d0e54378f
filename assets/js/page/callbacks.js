/**
 * The callbacks of the page (callbacks/explore.py): what Dash runs when a component has told it of a
 * choice. Each takes what its inputs are, and returns what its outputs become.
 */
(() => {
  'use strict';

  const { page } = window.displacement;
  window.dash_clientside = window.dash_clientside || {};
  const MULTIPLE = '~';
  const MAP_KEYS = ['pop', 'measure', 'mode', 'level', 'classes'];

  /** The query of what is chosen, where it is not what is shown already. */
  function chosen(pop, prog, measure, mode, base, level, classes) {
    const { state } = page.view;
    const wanted = { pop, measure, mode, level, classes };
    const changed = MAP_KEYS.filter((key) => wanted[key] && wanted[key] !== String(state[key]));
    const programmes = [...prog].sort();
    const others = programmes.join() !== [...state.prog].sort().join();
    const otherBase = mode === 'change' && state.mode === 'change' && base && base !== state.base;
    if (!changed.length && !others && !otherBase) return null;
    const query = page.queryOf();
    for (const key of changed) query.set(key, wanted[key]);
    if (programmes.length) query.set('prog', programmes.join(MULTIPLE));
    else query.delete('prog');
    if (otherBase) query.set('base', base);
    if (changed.includes('pop') || (changed.includes('mode') && mode === 'level'))
      query.delete('base');
    return query;
  }

  const explore = {
    /** Choices lead to one GET of the figures, where they are not those that are shown. */
    async ask(...choices) {
      const query = chosen(...choices);
      if (!query) return window.dash_clientside.no_update;
      await page.ask(query, { history: 'push' });
      return page.viewUrl();
    },

    /** The map or the table. */
    tab(value) {
      const table = value === 'table';
      return [table, !table];
    },

    /** What is shown, as the query of the address. */
    address() {
      if (!page.view) return window.dash_clientside.no_update;
      page.writeUrl('replace');
      return page.shownQuery();
    },
  };

  window.dash_clientside.explore = explore;
  Object.assign(window.displacement, { explore });
})();
