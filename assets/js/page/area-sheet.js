/**
 * The sheet of a phone, which comes from below when an area is chosen on the map: its name, figure
 * and status on the date, and the way to its panel.
 *
 *   const sheet = displacement.createAreaSheet({ reading, strings, narrow, frame, pathOf, select });
 *   sheet.open('IQG15'); sheet.step(view, t); sheet.follow(pcode);
 *
 * It takes the focus, and gives it back to the area when Escape, a swipe or its button closes it.
 * The page is scrolled where the sheet would cover the area.
 */
(() => {
  'use strict';

  const SWIPED = 50; // pixels downwards, from which a swipe closes
  const AROUND = 12; // pixels between the area and what it must not touch

  function createAreaSheet({ reading, strings, narrow, frame, pathOf, select }) {
    const { element, islands } = window.displacement;
    let pcode = '';
    let selecting = null;
    const name = element('h2', { class: 'panel-title', id: 'area-sheet-name' });
    const said = element('div', { 'aria-live': 'polite' });
    const closer = { type: 'button', class: 'close', 'aria-label': strings.close, onclick: close };
    const root = element(
      'section',
      { class: 'area-sheet', tabindex: '-1', 'aria-labelledby': name.id, hidden: true },
      element('div', { class: 'panel-head' }, name, element('button', closer, '×')),
      said,
      element('button', { type: 'button', class: 'button', onclick: more }, strings.more),
    );
    document.body.append(root);

    function step(view, t) {
      const i = view.areas.findIndex((area) => area.pcode === pcode);
      if (root.hidden || i < 0) return;
      const cell = reading.cell(view, t, i);
      const status = view.text.statuses[cell.status];
      name.textContent = reading.place(cell);
      said.replaceChildren(
        element('p', {}, element('b', {}, cell.value), ` ${cell.unit}`),
        element(
          'p',
          { class: 'about' },
          [status === cell.value ? '' : status, cell.rank, cell.change].filter(Boolean).join(' · '),
        ),
      );
    }

    /** Choose an area, and show the sheet beside it. */
    function open(wanted) {
      pcode = wanted;
      selecting = select(wanted);
      root.hidden = false;
      step(islands.shown.view, islands.shown.index);
      root.focus({ preventScroll: true });
      uncover();
      return selecting;
    }

    /** Scroll the page so far that the sheet is below the area, whose upper edge stays in sight. */
    function uncover() {
      const path = pathOf(pcode);
      if (!path) return;
      const [area, window_] = [path, frame].map((each) => each.getBoundingClientRect());
      const bottom = Math.min(area.bottom, window_.bottom) + AROUND;
      const top = Math.max(area.top, window_.top) - AROUND;
      const by = Math.min(bottom - root.getBoundingClientRect().top, top);
      if (by > 0) window.scrollBy({ top: by });
    }

    function hide() {
      root.hidden = true;
      root.style.translate = '';
    }

    async function close() {
      const path = pathOf(pcode);
      await select('');
      path?.focus({ preventScroll: true });
    }

    /** Lead to the panel, which stands below; where it has not come, to what brings it. */
    async function more() {
      await selecting;
      hide();
      const panel = document.getElementById('area-card');
      const place = panel.firstChild ? panel : document.querySelector('#notices button');
      place?.focus({ preventScroll: true });
      place?.scrollIntoView();
    }

    document.addEventListener('keydown', (event) => {
      if (root.hidden || event.defaultPrevented || event.key !== 'Escape') return;
      event.preventDefault();
      close();
    });
    narrow.addEventListener('change', hide); // where there is room, the panel stands beside the map

    root.addEventListener('pointerdown', (down) => {
      if (down.target.closest('button')) return;
      const done = new AbortController();
      const { signal } = done;
      const below = (event) => Math.max(event.clientY - down.clientY, 0);
      const end = (event) => {
        done.abort();
        root.style.translate = '';
        if (below(event) > SWIPED) close();
      };
      const drag = (event) => {
        root.style.translate = `0 ${below(event)}px`;
      };
      document.addEventListener('pointermove', drag, { signal });
      document.addEventListener('pointerup', end, { signal });
      document.addEventListener('pointercancel', end, { signal });
    });

    return {
      open,
      step,
      /** Another area was chosen, or none: elsewhere than here. */
      follow(chosen) {
        if (chosen !== pcode) hide();
      },
    };
  }

  window.displacement = window.displacement || {};
  window.displacement.createAreaSheet = createAreaSheet;
})();
