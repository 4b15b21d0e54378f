/**
 * Links to parts of the population (layouts/explore_parts.py), answered on the page: each stands for
 * the keys in its `data-part`, or for those of its address that choose a part. The figures stay of
 * the same people and programmes.
 */
(() => {
  'use strict';

  const { island, page } = window.displacement;
  const STAYS = ['pop', 'prog', 'funder', 'prog_when', 'lang', 'digits', 'v'];
  const KEYS = ['by', 'from', 'to', 'shelter', 'period'];

  /** The keys of a part in a query, in order, and that shares of it are shown. */
  function chosen(query) {
    const part = [...query].filter(([key]) => KEYS.includes(key));
    if (part.length && query.get('measure') === 'share') part.push(['measure', 'share']);
    return part;
  }

  const partOf = ({ dataset, href }) =>
    dataset.part ? new URLSearchParams(dataset.part) : chosen(new URL(href).searchParams);

  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('.part-links a, a[data-part]');
    if (!link || !page.view || event.button || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    event.preventDefault();
    const stays = [...page.queryOf()].filter(([key]) => STAYS.includes(key));
    const query = new URLSearchParams(stays);
    for (const [key, value] of partOf(link)) query.set(key, value);
    page.ask(query, { history: 'push', chosen: true });
  });

  island('PartLinks', ({ root, props }) => {
    return {
      show(view) {
        const part = String(chosen(new URLSearchParams(view.query)));
        for (const list of root.querySelectorAll('ul[data-kind]'))
          list.hidden = list.dataset.kind && !view.available.parts.includes(list.dataset.kind);
        for (const link of root.querySelectorAll('a'))
          if (String(partOf(link)) === part) link.ariaCurrent = 'true';
          else link.removeAttribute('aria-current');
        root.querySelector('.chosen').textContent = view.text.part || props.everyone;
      },
    };
  });
})();
