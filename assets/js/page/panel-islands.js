/**
 * The components of the panels (layouts/area_panel.py, figures_table.py): the server has written
 * what they say on every date; here it is put in its place.
 */
(() => {
  'use strict';

  const d = window.displacement;
  const { element, island, islands, page } = d;
  const { strings, format } = d.words;
  const MOST_BARS = 6; // as in layouts/area_panel.py
  const card = () => document.getElementById('area-card'); // Dash draws another in its place

  /** Texts and links that follow the date; dim while other figures are shown than theirs. */
  function dated({ root, props }) {
    let own = ''; // the figures that it is of
    const all = (name) => [...root.querySelectorAll(`[data-${name}]`)];
    const [texts, links] = [all('text'), all('link')];

    function step(_, t) {
      own ||= page.viewUrl();
      const current = own === page.viewUrl();
      root.dataset.stale = String(!current);
      if (!current) return;
      for (const place of texts) {
        const text = props.texts[place.dataset.text][t];
        if (place.textContent !== text) place.textContent = text;
        place.hidden = !text;
      }
      for (const place of links) place.href = props.links[place.dataset.link][t];
      this.draw?.(props, t);
    }

    return {
      step,
      update(next) {
        [props, own] = [next, page.viewUrl()];
        this.step(islands.shown.view, islands.shown.index);
      },
    };
  }

  island('Dated', dated);

  island('AreaFigures', (given) => ({ ...dated(given), mounted: arrive }));

  const unfolded = new Set(); // sections that the reader has opened, in whatever area

  function unfold(root) {
    for (const each of root.querySelectorAll('[data-fold]'))
      each.open ||= unfolded.has(each.dataset.fold);
  }

  document.addEventListener(
    'toggle',
    ({ target: { dataset, open } }) => {
      if (dataset.fold) unfolded[open ? 'add' : 'delete'](dataset.fold);
    },
    true, // it does not bubble
  );

  island('Fixed', ({ root }) => {
    unfold(root);
    return {};
  });

  const opened = new Set(); // lists that the reader wants to see whole

  island('Bars', (given) => {
    const { root, props } = given;
    const list = root.querySelector('.bars');
    const rows = [...list.children];
    function open() {
      opened.add(props.id);
      list.dataset.all = 'true';
    }
    if (opened.has(props.id)) open();
    unfold(root);
    root.querySelector('[data-more]').addEventListener('click', () => {
      open();
      list.querySelector('[data-rest="true"]').focus?.();
    });

    /** The bars of a date, largest first unless they are in the order of time. */
    function draw({ values, ordered }, t) {
      const of = (row) => values[t][row.dataset.k] || 0;
      const seen = rows.filter(of).sort((a, b) => {
        const inTime = a.dataset.k - b.dataset.k;
        return ordered ? inTime : of(b) - of(a) || inTime;
      });
      const most = Math.max(1, ...seen.map(of));
      for (const row of rows) row.hidden = !of(row);
      for (const [place, row] of seen.entries()) {
        row.dataset.rest = String(place >= MOST_BARS);
        row.querySelector('i').style.inlineSize = `${((100 * of(row)) / most).toFixed(1)}%`;
        row.querySelector('.value').textContent = format.number(of(row));
        if (list.children[place] !== row) list.insertBefore(row, list.children[place]);
      }
    }
    return { ...dated(given), draw };
  });

  island('Trend', ({ root, props }) => {
    let asked = false; // its lines are of every date
    async function draw() {
      await d.fetchPlotly();
      if (root.isConnected) await d.drawTrend(root.firstElementChild, props, format);
    }
    function show() {
      if (!asked) draw().catch(() => {}); // its summary in words stands below
      asked = true;
    }
    return {
      show,
      update(next) {
        [props, asked] = [next, false];
        show();
      },
      destroy: () => window.Plotly?.purge(root.firstElementChild),
    };
  });

  let sorting = { key: 'rank', down: false };

  island('Table', ({ root, props }) => {
    const table = root.querySelector('table');
    const heads = [...table.tHead.rows[0].cells];
    const written = [...table.tBodies[0].rows];

    /** Sort as a column does; those without a figure stay last whichever way others run. */
    function sort() {
      const at = Math.max(
        0,
        heads.findIndex(({ dataset }) => dataset.sort === sorting.key),
      );
      const turn = sorting.down ? -1 : 1;
      const text = (row) => row.cells[at].textContent;
      const by = (row) => Number(row.cells[at].dataset.by ?? Number.NaN);
      const last = (row) => Number.isNaN(by(row));
      const numbers = heads[at].classList.contains('number');
      const compare = (a, b) =>
        numbers ? turn * (by(a) - by(b)) : turn * format.compare(text(a), text(b));
      const rows = [...written].sort((a, b) =>
        numbers && (last(a) || last(b)) ? last(a) - last(b) : compare(a, b),
      );
      if (rows.some((row, k) => row !== table.tBodies[0].rows[k])) table.tBodies[0].append(...rows);
      for (const [k, head] of heads.entries()) {
        head.removeAttribute('aria-sort');
        if (k === at) head.setAttribute('aria-sort', sorting.down ? 'descending' : 'ascending');
      }
    }

    for (const head of heads) {
      const key = head.dataset.sort;
      const column = head.textContent;
      const onclick = () => {
        const numbers = head.classList.contains('number') && key !== 'rank';
        sorting = { key, down: sorting.key === key ? !sorting.down : numbers };
        sort();
      };
      const title = format.fill(strings.sortBy, { column });
      const attributes = { type: 'button', title, onclick, 'data-held': `sort-${key}` };
      head.replaceChildren(element('button', attributes, column));
    }
    sort();

    const [copy, status] = root.querySelectorAll('.table-actions > *');
    copy.addEventListener('click', async () => {
      const lines = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent));
      const copied = lines.map((cells) => cells.join('\t')).join('\n');
      await navigator.clipboard.writeText(format.bare(copied));
      status.textContent = strings.copied;
    });

    let own = '';
    return {
      step({ dates }, t) {
        own ||= page.viewUrl();
        root.dataset.stale = String(own !== page.viewUrl() || props.date !== dates[t]);
      },
      update(next) {
        [props, own] = [next, page.viewUrl()];
        this.step(islands.shown.view, islands.shown.index);
      },
    };
  });

  // ---- links that open an area, or close it

  let opener = null; // what had the focus before the panel
  let opening = ''; // the area whose panel is to have it

  /** The panel that has been opened by a key, or in itself, goes on with the focus. */
  function arrive() {
    page.arrived();
    if (opening && opening === page.area) card().focus({ preventScroll: true });
    opening = '';
  }

  /** Give the focus back to what opened the panel, or to the same area where that is gone. */
  function giveBack(pcode) {
    const others = document.querySelectorAll(`[data-pcode="${pcode}"], [data-select="${pcode}"]`);
    const places = [opener, ...others].filter((each) => each?.isConnected);
    places.find((each) => each.checkVisibility() && !card().contains(each))?.focus();
  }

  document.addEventListener('displacement:area', ({ detail: { pcode, focus, before } }) => {
    opening = focus ? pcode : '';
    if (pcode) d.fetchPlotly().catch(() => {}); // beside the panel, which has a chart; told there
    const inside = card().contains(document.activeElement);
    if (!pcode && inside) giveBack(before);
    else if (!inside) opener = document.activeElement;
  });

  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('[data-select]');
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || !page.view) return;
    event.preventDefault();
    page.select(link.dataset.select, { focus: Boolean(link.dataset.select) });
  });

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.key !== 'Escape' || !page.area) return;
    if (card().contains(document.activeElement)) page.select('');
  });

  document.addEventListener('displacement:reveal', ({ target }) => {
    if (target.id === 'table') islands.made.get('tab').choose('table');
  });
})();
