/**
 * The map page: keeps the state in the URL, asks for views, and lets every part paint them.
 *
 * The state is the URL's query; the server alone parses it. A choice is written into the query and
 * leads to one GET of the view; the timeline only moves through the dates that the view holds.
 *
 * The server has drawn the page for its state. What is here takes it over as soon as the figures
 * have come; Plotly, which is many times larger, is fetched when the first chart is opened.
 */
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('displacement-data').textContent);
  const { strings, urls } = data;
  const {
    createAnnouncer,
    createAreaPanel,
    createExploreMap,
    createFolding,
    createFormat,
    createKeyFigures,
    createLegend,
    createNotes,
    createPanelText,
    createPainter,
    createProgrammePanel,
    createRanking,
    createReading,
    createTable,
    createTimeline,
    element,
    followDark,
    keepSeen,
    tellSeen,
  } = window.displacement;
  const format = createFormat(data);
  const reading = createReading({ strings, format });
  const text = createPanelText({ strings, format, reading });
  const folding = createFolding(data.letters);
  const dark = followDark('screen and (prefers-color-scheme: dark)');
  const byId = (id) => document.getElementById(id);
  const announcer = createAnnouncer(byId('announcer'), { within: document.body });
  // Keys that change the figures; time and area only choose among what a view holds.
  const WRITTEN = ['lang', 'digits'];
  const FIGURE_KEYS = [
    ...['pop', 'prog', 'measure', 'mode', 'base', 'level', 'classes'],
    ...WRITTEN,
    'v',
  ];
  // Keys that decide which areas are drawn, and how they are called.
  const DRAWING_KEYS = ['pop', 'level', ...WRITTEN];
  const MULTIPLE = '~';
  const REST_MS = 150;

  let view = null;
  let now = 0;
  let meta = null;
  let parts = null;
  let area = '';
  let asked = 0;
  let pinned = false; // whether the reader chose a date, or follows the newest
  const kept = new Map();

  const currentQuery = () => new URLSearchParams(window.location.search);

  async function get(url, accept = 'application/json') {
    const response = await fetch(url, { headers: { Accept: accept } });
    const seen = response.headers.get('X-Displacement-Seen');
    if (seen) tellSeen(seen);
    if (response.ok) return response;
    const body = await response.json().catch(() => null);
    throw new Error(body?.error?.sentence || `${response.status} ${response.statusText}`);
  }

  const getJson = async (url) => (await get(url)).json();
  const getText = async (url) => (await get(url, 'text/html')).text();

  /** An answer that stays the same is asked for once; one that failed may be asked for again. */
  function getOnce(url, fetched = getJson) {
    if (!kept.has(url)) {
      kept.set(url, fetched(url));
      kept.get(url).catch(() => kept.delete(url));
    }
    return kept.get(url);
  }

  function figureQuery(query) {
    const wanted = new URLSearchParams();
    for (const key of FIGURE_KEYS) if (query.get(key)) wanted.set(key, query.get(key));
    return wanted;
  }

  const withQuery = (url, query) => (String(query) ? `${url}?${readable(query)}` : url);
  const readable = (query) => String(query).replaceAll('%7E', '~');

  // Everything beside a view is asked for under the version of its figures: the newest ones may be
  // others by then, and what is named by its version may be kept.
  /** The map of a view as the server draws it: areas and names, in the colours of no date. */
  function drawingOf({ query, version }) {
    const wanted = pick(new URLSearchParams(query), DRAWING_KEYS);
    wanted.set('v', version);
    return getOnce(withQuery(urls.drawing, wanted), getText);
  }

  function metaOf(version) {
    // The page's language, not the address's, which may ask for one that there is not.
    const query = pick(new URLSearchParams(view.query), WRITTEN);
    query.set('lang', data.lang);
    query.set('v', version);
    return getOnce(withQuery(urls.meta, query));
  }

  // The briefing that slides are being added to, which every address of this visit carries along.
  const briefing = currentQuery().get('briefing') || '';

  /** The figures that the page was made from, as the state of its address would bring them. */
  async function getFirst() {
    const { view: url, time, area: chosen } = data.first;
    const found = await getJson(url);
    const query = new URLSearchParams(found.query);
    if (!data.frozen) query.delete('v');
    const state = { ...found.state, time, area: chosen };
    // What was seen of another date holds this one, too.
    const asked = document.documentElement.dataset.seen && currentQuery().get('time');
    if (found.dates.includes(asked)) state.time = asked;
    return { ...found, query, state, notices: null };
  }

  function pick(query, keys) {
    return new URLSearchParams([...query].filter(([key, value]) => keys.includes(key) && value));
  }

  /** Nearest date of a list to one asked for; dates are ISO, ascending. */
  function nearestIndex(dates, iso) {
    const day = Date.parse(iso);
    const distance = (index) => Math.abs(Date.parse(dates[index]) - day);
    return dates.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0);
  }

  // ---- the URL ----------------------------------------------------------------------------

  /** The query of what is shown: the server's words for the figures, and the reader's place. */
  function shownQuery() {
    const query = new URLSearchParams(view.query);
    for (const key of ['time', 'area']) query.delete(key);
    const ordered = [...query].filter(([key]) => key !== 'base');
    if (pinned) ordered.push(['time', view.dates[now]]);
    if (query.get('base')) ordered.push(['base', query.get('base')]);
    if (area) ordered.push(['area', area]);
    if (!byId('table-pane').hidden) ordered.push(['tab', 'table']);
    if (briefing) ordered.push(['briefing', briefing]);
    return new URLSearchParams(ordered);
  }

  function writeUrl(how) {
    const url = withQuery(urls.page, shownQuery());
    if (url === window.location.pathname + window.location.search) return;
    window.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', url);
  }

  /** The address that adds what is shown to the briefing, as a slide. */
  function briefingUrl() {
    const query = view ? shownQuery() : currentQuery();
    const layout = query.get('tab') === 'table' ? '&layout=table' : '';
    const frozen = query.get('v') ? `&v=${query.get('v')}` : '';
    for (const key of ['tab', 'briefing', 'lang', 'v']) query.delete(key);
    const slide = encodeURIComponent(readable(query)) || 'default';
    return `${urls.briefing}?${briefing && `${briefing}&`}add=${slide}${layout}${frozen}`;
  }

  // ---- loading ----------------------------------------------------------------------------

  async function load(promise, retry, { history } = {}) {
    const turn = ++asked;
    byId('main').dataset.loading = 'true';
    try {
      const next = await promise;
      const drawing = view && drawsAnew(next) ? await drawingOf(next) : null;
      if (turn !== asked) return; // a later choice has overtaken this one
      show(next, drawing, history);
    } catch (error) {
      if (turn === asked) fail(error, retry);
    } finally {
      if (turn === asked) delete byId('main').dataset.loading;
    }
  }

  /** Whether a view is of other areas than those that are drawn. */
  const drawsAnew = ({ state, version }) =>
    state.level !== view.state.level || version !== view.version;

  function fail(error, retry) {
    const again = element(
      'button',
      { type: 'button', class: 'button', onclick: retry },
      strings.retry,
    );
    notify([format.fill(strings.failed, { reason: error.message })], again);
  }

  function ask(query, options) {
    const wanted = figureQuery(query);
    for (const key of ['time', 'area'])
      if (options?.whole && query.get(key)) wanted.set(key, query.get(key));
    wanted.set('errors', 'notice');
    const retry = () => ask(query, options);
    return load(getJson(withQuery(urls.view, wanted)), retry, options);
  }

  function notify(sentences, ...more) {
    const notices = byId('notices');
    notices.replaceChildren(...sentences.map((sentence) => element('p', {}, sentence)), ...more);
    notices.hidden = !sentences.length;
  }

  function show(next, drawing, history) {
    const shownDate = view?.dates[now];
    const notices = [...(next.notices || [])];
    view = next;
    if (next.state.area) area = next.state.area;
    if (next.state.time) [now, pinned] = [view.dates.indexOf(next.state.time), true];
    else if (shownDate && pinned) now = placeIn(view.dates, shownDate, notices);
    else now = view.newest;
    parts ??= assemble();
    if (view.version !== data.version) notify([strings.newFigures, ...notices], reloadButton());
    else if (next.notices) notify(notices); // those of the first view stand there
    if (drawing) parts.map.draw(drawing);
    for (const part of parts.shown) part.show(view, nameOf);
    parts.painter.show(view, now);
    parts.timeline.update({
      ...reading.rounds(view),
      index: now,
      base: view.state.base ? view.dates.indexOf(view.state.base) : null,
    });
    byId('title').textContent = view.text.title;
    syncControls();
    fetchMeta();
    parts.painter.step(now);
    stepAround(); // now: a frame that is painted before the next would show emptied parts
    settle();
    writeUrl(history === 'push' ? 'push' : 'replace');
    if (area) selectArea(area, { history: 'replace' }).then(showWaiting);
    else showWaiting();
  }

  /** What stood back until the panels above it had their size. */
  function showWaiting() {
    for (const each of document.querySelectorAll('[data-waits]')) delete each.dataset.waits;
  }

  /** What there is beside the view: totals of the other populations. */
  async function fetchMeta() {
    const shown = view;
    const about = await metaOf(view.version).catch(() => null); // the totals stay as they were
    if (!about || view !== shown) return;
    meta = about;
    showTotals();
  }

  /** The lists to choose from are of the page; only a new one has what came with new figures. */
  function reloadButton() {
    const onclick = () => window.location.reload();
    return element('button', { type: 'button', class: 'button', onclick }, strings.reload);
  }

  function placeIn(dates, iso, notices) {
    const index = nearestIndex(dates, iso);
    if (dates[index] !== iso) {
      const values = {
        population: view.text.population,
        asked: format.date(iso),
        shown: format.date(dates[index]),
      };
      notices.push(format.fill(strings.nearestDate, values));
    }
    return index;
  }

  const nameOf = (pcode) => names().get(pcode) || pcode;
  function names() {
    if (names.of !== view) {
      names.of = view;
      names.map = new Map(view.areas.map((one) => [one.pcode, one.name]));
      for (const one of view.areas) if (one.parent) names.map.set(one.parent, one.parentName);
    }
    return names.map;
  }

  // ---- one date ---------------------------------------------------------------------------

  let frame = 0;

  /** The map is painted at once; what stands around it follows before the next frame. */
  function step(t) {
    now = t;
    parts.painter.step(t);
    if (!frame) frame = requestAnimationFrame(stepAround);
  }

  function stepAround() {
    cancelAnimationFrame(frame);
    frame = 0;
    for (const part of parts.stepped) part.step(view, now);
    if (area) parts.area.step(now);
    byId('headline').textContent = view.text.headline[now];
    if (meta) showTotals();
  }

  function showTotals() {
    for (const population of meta.populations) {
      const place = byId(`total-${population.code}`);
      if (!place) continue; // it came with figures that are newer than the page
      place.textContent = text.total(population, view.dates[now]);
    }
  }

  /** The reader has stopped: name the areas anew, write the URL, say the headline. */
  function settle() {
    parts.painter.settle();
    announcer.say(view.text.headline[now]);
  }

  let resting = 0;

  /** After the last of several quick steps: browsers limit how often the URL may be written. */
  function settleSoon() {
    clearTimeout(resting);
    resting = setTimeout(settleNow, REST_MS);
  }

  function settleNow() {
    clearTimeout(resting);
    settle();
    writeUrl('replace');
  }

  // ---- choices ----------------------------------------------------------------------------

  function syncControls() {
    const { pop, measure, mode, level, classes, prog } = view.state;
    const tab = byId('table-pane').hidden ? 'map' : 'table';
    for (const [name, value] of Object.entries({ pop, measure, mode, level, classes, tab })) {
      for (const input of document.querySelectorAll(`input[type="radio"][name="${name}"]`))
        input.checked = input.value === String(value);
    }
    for (const input of byId('programmes').querySelectorAll('input'))
      input.checked = prog.includes(input.value);
    byId('programme-none').setAttribute('aria-pressed', String(!prog.length));
    if (prog.length) requestAnimationFrame(showChosenProgramme);
    byId('base-row').hidden = mode !== 'change';
    offer('measure', view.available.measures);
    offer('level', view.available.levels);
    for (const [id, ended] of Object.entries(view.available.until)) tellEnds(id, ended);
    const base = byId('base');
    base.disabled = mode !== 'change';
    base.replaceChildren(
      ...view.dates.map((iso) =>
        element('option', { value: iso, selected: iso === view.state.base }, format.date(iso)),
      ),
    );
  }

  /** Scroll the list, and nothing else, to the first chosen programme. */
  function showChosenProgramme() {
    const list = byId('programmes');
    const chosen = list.querySelector('input:checked')?.closest('label');
    if (!chosen) return;
    const [box, frame] = [chosen.getBoundingClientRect(), list.getBoundingClientRect()];
    if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top;
  }

  /** Switch off the options that the population has no figures for. */
  function offer(id, available) {
    for (const input of byId(id).querySelectorAll('input')) {
      input.disabled = !available.map(String).includes(input.value);
      input.closest('label').dataset.disabled = String(input.disabled);
    }
  }

  /** Say below a control until when its options have figures, where that is earlier. */
  function tellEnds(id, ended) {
    const label = (value) =>
      byId(id).querySelector(`input[value="${value}"]`).closest('label').textContent.trim();
    const said = Object.entries(ended).map(([value, iso]) =>
      format.fill(strings.until, { choice: label(value), date: format.date(iso) }),
    );
    byId(`${id}-ends`).textContent = format.listed(said);
    byId(`${id}-ends`).hidden = !said.length;
  }

  /** The reader has chosen in the form. */
  function choose({ target }) {
    if (target.id === 'base') return chooseBase(target.value);
    if (!view || !target.name) return;
    const form = new FormData(byId('filters'));
    const prog = form.getAll('prog').sort();
    const chosen = ['pop', 'measure', 'mode', 'level', 'classes'].map((key) => [
      key,
      form.get(key),
    ]);
    const changed = chosen.filter(
      ([key, value]) => value != null && value !== String(view.state[key]),
    );
    const query = new URLSearchParams(view.query);
    for (const [key, value] of changed) query.set(key, value);
    if (prog.length) query.set('prog', prog.join(MULTIPLE));
    else query.delete('prog');
    const { mode, pop } = Object.fromEntries(changed);
    if (pop || mode === 'level') query.delete('base');
    ask(query, { history: 'push' });
  }

  function showTab(tab) {
    const table = tab === 'table';
    if (table === !byId('table-pane').hidden) return;
    byId('table-pane').hidden = !table;
    byId('map-pane').hidden = table;
    if (table) parts.table.draw();
    writeUrl('replace');
  }

  function chooseBase(iso) {
    const query = new URLSearchParams(view.query);
    query.set('base', iso);
    ask(query, { history: 'push' });
  }

  /** Filter the programmes by what is typed: words of code and name, folded. */
  function searchProgrammes(text) {
    let found = 0;
    for (const pillar of byId('programmes').querySelectorAll('.pillar')) {
      let inPillar = 0;
      for (const label of pillar.querySelectorAll('label')) {
        const match = folding.finds(text, label.textContent);
        label.hidden = !match;
        inPillar += match;
      }
      pillar.hidden = !inPillar;
      found += inPillar;
    }
    byId('programmes').dataset.empty = found ? '' : strings.noMatch;
  }

  // ---- the chosen area --------------------------------------------------------------------

  async function selectArea(pcode, { history = 'push', focus = false } = {}) {
    area = pcode;
    parts.painter.select(pcode);
    parts.ranking.select(pcode);
    if (!pcode) parts.area.close();
    else {
      try {
        const wanted = await areaOf(pcode);
        if (area !== pcode) return;
        await parts.area.open(wanted, view, now);
        if (focus) byId('area-card').focus({ preventScroll: true });
      } catch (error) {
        notify([format.fill(strings.failed, { reason: error.message })]);
      }
    }
    writeUrl(history);
  }

  function areaOf(pcode) {
    const query = pick(figureQuery(new URLSearchParams(view.query)), ['pop', ...WRITTEN]);
    query.set('v', view.version);
    const url = withQuery(urls.area.replace('{pcode}', pcode), query);
    return getOnce(url);
  }

  // ---- the parts --------------------------------------------------------------------------

  function assemble() {
    // What the server wrote for readers without scripts gives way to what follows the timeline.
    for (const id of ['key-figures', 'table-pane', 'notes', 'timeline']) byId(id).replaceChildren();
    const words = { strings, format, reading, text, urls, dark, ages: data.ages };
    const stage = byId('map-stage');
    const painter = createPainter(stage, { reading, strings, tooltip: byId('tooltip'), dark });
    painter.takeOver(stage.querySelector('svg.map'));
    const map = createExploreMap(stage, { painter, buttons: byId('zoom'), legend: byId('legend') });
    const select = (pcode) => selectArea(pcode, { focus: Boolean(pcode) });
    const legend = createLegend(byId('legend'), words);
    const figures = createKeyFigures(byId('key-figures'), words);
    const table = createTable(byId('table-pane'), { ...words, onSelect: select });
    const notes = createNotes(
      {
        missing: byId('missing'),
        breaks: byId('breaks'),
        newest: byId('newest'),
        age: byId('age'),
        notes: byId('notes'),
        line: byId('source-line'),
      },
      words,
    );
    const ranking = createRanking(byId('ranking'), byId('ranking-title'), {
      ...words,
      onSelect: select,
      onHover: painter.point,
    });
    const programme = createProgrammePanel({
      ...words,
      card: byId('programme-card'),
      root: byId('programme-panel'),
      country: data.country,
    });
    const areaPanel = createAreaPanel({
      ...words,
      card: byId('area-card'),
      top: byId('area-panel'),
      trendSlot: byId('trend-slot'),
      rest: byId('area-breakdowns'),
      trend: { layout: data.trend, fetchPlotly },
      onClose: () => selectArea(''),
      onOpen: select,
    });
    const timeline = createTimeline(byId('timeline'), {
      strings: data.timeline,
      formatDate: format.date,
      formatYear: format.whole,
      fill: format.fill,
      idPrefix: 'timeline',
    });
    listen(stage, ranking, timeline);
    return {
      painter,
      map,
      legend,
      table,
      ranking,
      area: areaPanel,
      timeline,
      shown: [legend, figures, table, notes, ranking, programme, areaPanel],
      stepped: [legend, figures, ranking, table, notes],
    };
  }

  function listen(stage, ranking, timeline) {
    stage.addEventListener('displacement:select', ({ detail: { pcode, byKey } }) =>
      selectArea(pcode, { focus: byKey && Boolean(pcode) }),
    );
    stage.addEventListener('displacement:reveal', () => showTab('map'));
    byId('table-pane').addEventListener('displacement:reveal', () => showTab('table'));
    stage.addEventListener('displacement:hover', (event) => ranking.hover(event.detail.pcode));
    byId('timeline').addEventListener('displacement:time', ({ detail }) => {
      pinned = detail.index !== view.newest || pinned;
      step(detail.index);
      if (detail.settled) settleSoon();
    });
    byId('timeline').addEventListener('displacement:base', ({ detail }) => {
      if (detail.settled) chooseBase(detail.date);
    });
    byId('filters').addEventListener('change', choose);
    byId('filters').addEventListener('submit', (event) => event.preventDefault());
    byId('programme-search').addEventListener('input', ({ target }) =>
      searchProgrammes(target.value),
    );
    byId('tab').addEventListener('change', ({ target }) => showTab(target.value));
    byId('programme-none').addEventListener('click', () => {
      const query = new URLSearchParams(view.query);
      query.delete('prog');
      ask(query, { history: 'push' });
    });
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) syncControls(); // a choice may have been left half-way
    });
    document.addEventListener('keydown', (event) => {
      if (event.defaultPrevented || event.key !== 'Escape' || !area) return;
      if (byId('area-card').contains(document.activeElement)) selectArea('');
    });
    window.addEventListener('popstate', async () => {
      timeline.pause();
      clearTimeout(resting); // the address is another entry's now
      const query = currentQuery();
      pinned = Boolean(query.get('time'));
      area = query.get('area') || '';
      showTab(query.get('tab') === 'table' ? 'table' : 'map');
      await ask(query, { whole: true });
      if (!area) selectArea('', { history: 'replace' });
    });
    dark.addEventListener('change', () => {
      parts.legend.show(view);
      parts.legend.step(view, now);
    });
  }

  // ---- what comes last --------------------------------------------------------------------

  function addScript(url) {
    return new Promise((resolve, reject) => {
      const script = element('script', { src: url });
      script.addEventListener('load', resolve);
      script.addEventListener('error', () => {
        script.remove();
        reject(new Error(url.split('/').at(-1)));
      });
      document.head.append(script);
    });
  }

  /** Ask for something once; where it failed it may be asked for again. */
  function once(bring) {
    let brought = null;
    return () => {
      brought ??= bring().catch((error) => {
        brought = null;
        throw error;
      });
      return brought;
    };
  }

  const fetchPlotly = once(() => addScript(data.later.plotly));
  async function start() {
    await load(getFirst(), start);
    if (!view) return; // the reader is told, and may try again
    document.documentElement.dataset.live = 'true';
    if (!document.documentElement.dataset.seen) keepSeen();
  }

  // What is shared is read off the address, which then must say what is shown.
  document.addEventListener('displacement:share', () => view && settleNow());
  // For a new tab, or a copied address: the link says what is shown when it is taken.
  const adding = document.querySelector('[data-add]');
  for (const taken of ['pointerdown', 'keydown', 'contextmenu', 'click']) {
    adding.addEventListener(taken, () => {
      adding.href = briefingUrl();
    });
  }
  start();
})();
