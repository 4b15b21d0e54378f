/**
 * The callbacks of the page (callbacks/explore.py): what Dash runs when a component has told it of a
 * choice. Each takes what its inputs are, and returns what its outputs become.
 */
(() => {
  'use strict';

  const { choices, page } = window.displacement;
  window.dash_clientside = window.dash_clientside || {};

  const explore = {
    /** Choices lead to one GET of the figures, where they are not those that are shown. */
    async ask(...chosen) {
      const query = choices.query(...chosen);
      const before = page.viewUrl();
      if (query) await page.ask(query, { history: 'push', chosen: true });
      else page.stay();
      return page.viewUrl() === before ? window.dash_clientside.no_update : page.viewUrl();
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

  /** As in addresses, the map is no value of `tab`. */
  const placeOf = (key, value) => (key === 'tab' && value === 'map' ? '' : value);

  /**
   * A callback of Python that is asked for by GET (callbacks/parts.py). It is called by the keys that
   * must have a value for anything to stand there: `name?time=&tab=` has two inputs after `View.url`,
   * `name?prog` none, for the figures have it.
   */
  async function part(called, [url, ...given]) {
    const [name, keys] = called.split('?');
    const turn = (turns.get(name) ?? 0) + 1;
    turns.set(name, turn);
    page.begin(name);
    const { id, property } = window.dash_clientside.callback_context.outputs_list;
    const figures = new URLSearchParams(url.split('?')[1]);
    const place = {};
    for (const key of keys.split('&').filter(Boolean)) {
      const own = key.endsWith('=') && key.slice(0, -1);
      const value = own ? placeOf(own, given.shift()) : figures.get(key);
      if (!value) return [];
      if (own) place[own] = value;
    }
    // Of an area that has been left, of figures that have gone, or a date that they do not have.
    const gone = () =>
      turn !== turns.get(name) ||
      url !== page.viewUrl() ||
      (place.time && !page.view.dates.includes(place.time));
    const fetched = async () => {
      const children = gone() || (await page.partOf(name, place).catch(failed));
      return gone() ? window.dash_clientside.no_update : children;
    };
    const again = async () => {
      const children = await fetched();
      if (!gone()) window.dash_clientside.set_props(id, { [property]: children });
    };
    function failed(error) {
      if (gone()) return [];
      page.fail(error, again, name);
      if (name === 'area') page.arrived(); // whoever waits for it is led to what says so
      return [];
    }
    return fetched();
  }

  const turns = new Map(); // how often each part has been called: the last call alone counts

  window.dash_clientside.explore = explore;
  window.dash_clientside.parts = new Proxy(
    {},
    {
      get:
        (_, called) =>
        (...given) =>
          part(called, given),
    },
  );
})();
