/**
 * The public map: makes a page that is whole without scripts live. The map, the table and the words
 * are in it already; this gives it the shared timeline and painter, and tells the page around the
 * frame how high it is.
 *
 * The view comes by one GET, or, in a folder of files, from a script that calls `receive`.
 */
(() => {
  'use strict';

  const {
    createAnnouncer,
    createFormat,
    createPainter,
    createReading,
    createTallies,
    createTimeline,
    dropCovered,
    fetchView,
    followDark,
    showFailure,
  } = window.displacement;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId('displacement-data').textContent);
  const { strings } = data;
  const format = createFormat(data);
  const reading = createReading({ strings, format });
  const dark = followDark(data.dark);
  const announcer = createAnnouncer(byId('announcer'), { within: document.body });
  const stage = byId('stage');
  const legend = byId('legend');
  const count = legend ? createTallies(legend, format) : () => {};
  const table = new Map();

  let view = null;
  let now = 0;
  let area = data.area;
  let painter = null;

  // ---- the height, for the page around the frame ------------------------------------------

  function tellHeight() {
    const { width, height } = byId('embed').getBoundingClientRect();
    if (!width) return; // in a tab or a part of the page that is closed
    const px = Math.ceil(height);
    window.parent.postMessage({ type: 'displacement-map:height', v: 1, id: window.name, px }, '*');
  }

  if (window.parent !== window) {
    new ResizeObserver(tellHeight).observe(byId('embed'));
    window.addEventListener('message', ({ source, data: asked }) => {
      if (source === window.parent && asked?.type === 'displacement-map:ask') tellHeight();
    });
  }

  // ---- one date ---------------------------------------------------------------------------

  function step(t) {
    now = t;
    painter.step(t);
    byId('headline').textContent = view.text.headline[t];
    count(view.tallies[t]);
    const breaks = reading.breaks(view, t);
    byId('breaks').textContent = breaks;
    byId('breaks').hidden = !breaks;
  }

  /** The reader has stopped: what is read follows, and the links lead to the date shown. */
  function settle() {
    painter.settle();
    showPicked();
    fillTable();
    announcer.say(view.text.headline[now]);
    for (const link of document.querySelectorAll('a[data-timed]')) {
      const url = new URL(link.href);
      const newest = data.follows && now === view.newest;
      if (newest) url.searchParams.delete('time');
      else url.searchParams.set('time', view.dates[now]);
      link.href = url.href.replaceAll('%7E', '~');
    }
  }

  function showPicked() {
    const i = view.areas.findIndex(({ pcode }) => pcode === area);
    byId('picked').hidden = i < 0;
    byId('picked').textContent = i < 0 ? '' : reading.cell(view, now, i).sentence;
  }

  function fillTable() {
    const title = document.querySelector('h1').textContent;
    byId('caption').textContent = format.fill(data.strings.summary, {
      title,
      headline: view.text.headline[now],
    });
    byId('missing').textContent = view.text.missing[now];
    view.areas.forEach(({ pcode }, i) => {
      const { value, rank, change } = reading.cell(view, now, i);
      const cells = table.get(pcode);
      [value, rank, change].forEach((text, at) => {
        cells[at].textContent = text;
      });
    });
  }

  function select(pcode) {
    if (data.lock) return;
    area = pcode;
    painter.select(pcode);
    showPicked();
  }

  // ---- taking over ------------------------------------------------------------------------

  function takeOver() {
    const tooltip = byId('tooltip');
    painter = createPainter(stage, { reading, format, strings, tooltip, dark, still: data.lock });
    painter.takeOver(stage.querySelector('svg'));
    if (legend) dropCovered(stage, legend);
    painter.show(view, now);
    painter.select(area);
    stage.addEventListener('displacement:select', (event) => select(event.detail.pcode));
    for (const row of document.querySelectorAll('[data-row]'))
      table.set(row.dataset.row, [...row.cells].slice(-3));
  }

  function addTimeline() {
    const slot = byId('timeline');
    slot.replaceChildren();
    const timeline = createTimeline(slot, {
      strings: data.timeline,
      formatDate: format.date,
      formatYear: format.whole,
      fill: format.fill,
      idPrefix: 'timeline',
    });
    timeline.update({ ...reading.rounds(view), index: now, base: null });
    slot.addEventListener('displacement:time', ({ detail }) => {
      step(detail.index);
      if (detail.settled) settle();
    });
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (data.play && !calm) timeline.play();
  }

  /** The date in the address, where a folder of files has no server to read it; else the page's. */
  function firstDate() {
    const asked = Date.parse(new URLSearchParams(window.location.search).get('time'));
    const days = view.dates.map((date) => Math.abs(Date.parse(date) - asked));
    const nearest = days.indexOf(Math.min(...days)); // -1 where no date is asked for
    return nearest < 0 ? view.dates.indexOf(data.time) : nearest;
  }

  function receive(received) {
    view = received;
    now = firstDate();
    takeOver();
    if (data.controls) addTimeline();
    if (view.dates[now] !== data.time) {
      step(now);
      settle();
    }
    document.documentElement.dataset.live = 'true';
  }

  async function load() {
    const slot = byId('timeline');
    try {
      receive(await fetchView(data.view));
    } catch (error) {
      if (view || !slot) throw error; // a mistake here, or nowhere to say it: the map stays as it is
      const sentence = format.fill(strings.failed, { reason: error.message });
      showFailure(slot, { sentence, label: strings.retry, retry: load });
    }
  }

  // The list of programmes is put away as any other list is.
  const menu = document.querySelector('.menu');
  document.addEventListener('click', ({ target }) => {
    if (menu?.open && !menu.contains(target)) menu.open = false;
  });
  menu?.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    event.preventDefault();
    menu.open = false;
    menu.querySelector('summary').focus();
  });

  // A switch to another population is no entry of the host page's history.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('.switches a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.location.replace(link.href);
  });

  if (window.displacement.view) receive(window.displacement.view);
  else load();
})();
