/**
 * What the page shows: a view, a date, an area; the query of the address that says so; and how
 * another view is fetched. Components hear of it by `displacement.islands`.
 *
 * The state is the address's query; the server alone parses it. A choice is written into the query
 * and leads to one GET of the view; the timeline only moves through the dates that the view holds.
 */
(() => {
  'use strict';

  const { createAnnouncer, createFormat, createReading, element, islands, tellSeen } =
    window.displacement;
  const data = JSON.parse(document.getElementById('displacement-data').textContent);
  const { strings, urls } = data;
  const format = createFormat(data);
  const reading = createReading({ strings, format });
  const byId = (id) => document.getElementById(id);
  const announcer = createAnnouncer(byId('announcer'), { within: document.body });
  // Keys that change the figures; time and area only choose among what a view holds.
  const WRITTEN = ['lang', 'digits'];
  const FIGURE_KEYS = [
    ...['pop', 'prog', 'funder', 'prog_when', 'measure', 'mode', 'base', 'level', 'classes'],
    ...['by', 'from', 'to', 'shelter', 'period', 'flows'],
    ...WRITTEN,
    'v',
  ];
  // Keys that decide which areas are drawn, and how they are called.
  const DRAWING_KEYS = ['pop', 'level', ...WRITTEN];
  const REST_MS = 150;

  let view = null;
  let viewUrl = '';
  let area = '';
  let asked = 0;
  let pinned = false; // whether the reader chose a date, or follows the newest
  const kept = new Map();

  const now = () => islands.shown.index;
  const currentQuery = () => new URLSearchParams(window.location.search);
  // The briefing that slides are being added to, which every address of this visit carries along.
  let briefing = currentQuery().get('briefing') || '';

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

  const metaOf = (version) => getOnce(withQuery(urls.meta, inLanguage(version)));

  /** All places; with what is typed, the one that it means. */
  function placesOf(typed) {
    const query = inLanguage(view.version);
    if (typed) query.set('q', typed);
    return getOnce(withQuery(urls.places, query));
  }

  /** The page's language, not the address's, which may ask for one that there is not. */
  function inLanguage(version) {
    const query = pick(new URLSearchParams(view.query), WRITTEN);
    query.set('lang', data.lang);
    query.set('v', version);
    return query;
  }

  /** A panel of the figures that are shown, as Dash draws it (callbacks/parts.py). */
  function partOf(name, place) {
    const query = new URLSearchParams(viewUrl.split('?')[1]);
    for (const [key, value] of Object.entries(place)) query.set(key, value);
    if (data.frozen) query.set('frozen', '1');
    return getJson(withQuery(urls.part.replace('{name}', name), query));
  }

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
  function shownQuery(figures = view.query) {
    const query = new URLSearchParams(figures);
    for (const key of ['time', 'area']) query.delete(key);
    const ordered = [...query].filter(([key]) => key !== 'base');
    if (pinned) ordered.push(['time', view.dates[now()]]);
    if (query.get('base')) ordered.push(['base', query.get('base')]);
    if (area) ordered.push(['area', area]);
    if (islands.made.get('tab').props.value === 'table') ordered.push(['tab', 'table']);
    if (briefing) ordered.push(['briefing', briefing]);
    return new URLSearchParams(ordered);
  }

  function writeUrl(how) {
    const url = withQuery(urls.page, shownQuery());
    if (url === window.location.pathname + window.location.search) return;
    window.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', url);
  }

  /** The address that adds what is shown to the briefing, as a slide. */
  function addingUrl(to = urls.briefing) {
    const query = view ? shownQuery() : currentQuery();
    const table = query.get('tab') === 'table';
    const ofAll = pick(query, briefing ? ['v'] : [...WRITTEN, 'v']); // slides have no such keys
    for (const key of ['tab', 'briefing', ...WRITTEN, 'v']) query.delete(key);
    const wanted = [
      briefing,
      String(ofAll),
      `add=${encodeURIComponent(readable(query)) || 'default'}`,
      table && 'layout=table',
    ];
    return `${to}?${wanted.filter(Boolean).join('&')}`;
  }

  /** Carry another briefing along from here, in the address of what is shown, too. */
  function carry(other) {
    briefing = other;
    writeUrl('replace');
  }

  /** The address of the figures of a view, as `View.url` has it. */
  function addressOf({ query, version }) {
    const figures = figureQuery(new URLSearchParams(query));
    figures.set('v', version);
    return withQuery(urls.view, figures);
  }

  // ---- figures ----------------------------------------------------------------------------

  let choosing = false; // whether what is on its way was chosen with the controls

  async function load(promise, retry, { history, chosen = false } = {}) {
    const turn = ++asked;
    choosing = chosen;
    begin('figures');
    byId('main').dataset.loading = 'true';
    try {
      const next = await promise;
      const drawing = view && drawsAnew(next) ? await drawingOf(next) : null;
      if (turn !== asked) return; // a later choice has overtaken this one
      await show(next, drawing, history);
    } catch (error) {
      if (turn === asked) fail(error, retry);
    } finally {
      if (turn === asked) rest();
    }
  }

  function rest() {
    choosing = false;
    tellWaiting();
  }

  /** A choice acts when Dash has come; until then the reader sees that it is on its way. */
  function tellWaiting() {
    const taken = document.documentElement.dataset.dash;
    const waits = view && !taken && window.displacement.choices.wanted();
    if (waits) byId('main').dataset.loading = 'true';
    else delete byId('main').dataset.loading;
  }

  /** What is shown is what the reader has come back to: no choice before that is shown any more. */
  function stay() {
    begin('figures');
    if (!choosing) return;
    asked += 1;
    rest();
  }

  /** Whether a view is of other areas than those that are drawn. */
  const drawsAnew = ({ state, version }) =>
    state.level !== view.state.level || version !== view.version;

  const missing = new Map(); // what has not come, by its name, and how it is asked for again
  let retrying = null; // the button that asks for all of it

  function fail(error, retry, name = 'figures') {
    missing.set(name, retry);
    const onclick = () => {
      for (const each of [...missing.keys()]) begin(each)();
    };
    retrying = element('button', { type: 'button', class: 'button', onclick }, strings.retry);
    notify([format.fill(strings.failed, { reason: error.message })], retrying);
  }

  /** Something is asked for anew, or is not wanted any more: it is missing no longer. */
  function begin(name) {
    const retry = missing.get(name);
    missing.delete(name);
    if (!missing.size && retrying?.isConnected) notify([]);
    return retry;
  }

  /** Fetch and show what a query asks for; `whole` is with its date and its area. */
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

  const makeLive = () => islands.start(JSON.parse(byId('dash-layout').textContent));

  async function show(next, drawing, history) {
    const shownDate = view?.dates[now()];
    // Not before there are figures: what the server wrote gives way to what follows the timeline.
    if (!view) makeLive();
    const notices = [...(next.notices || [])];
    view = next;
    viewUrl = addressOf(view);
    let index = view.newest;
    if (next.state.time) [index, pinned] = [view.dates.indexOf(next.state.time), true];
    else if (shownDate && pinned) index = placeIn(view.dates, shownDate, notices);
    if (view.version !== data.version) notify([strings.newFigures, ...notices], reloadButton());
    else if (next.notices) notify(notices); // those of the first view stand there
    if (drawing) islands.made.get('map').draw(drawing);
    islands.shown.index = index;
    if (next.state.area) area = next.state.area;
    writeUrl(history);
    islands.show(view, index);
    islands.made.get('view').set({ url: viewUrl });
    announcer.say(view.text.headline[index]);
    if (area) select(area, { history: 'replace' });
    document.documentElement.dataset.settled = 'true'; // what waited for panels above is seen
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

  // ---- a date and an area of them ---------------------------------------------------------

  let resting = 0;

  /** Show another date; `settled` where the reader may rest at it. */
  function step(index, settled) {
    pinned = index !== view.newest || pinned;
    islands.step(index);
    clearTimeout(resting);
    // After the last of several quick steps: browsers limit how often the URL may be written.
    if (settled) resting = setTimeout(settle, REST_MS);
  }

  /** Name the areas anew, write the URL, say the headline, tell Dash of the date. */
  function settle() {
    clearTimeout(resting);
    islands.settle();
    announcer.say(view.text.headline[now()]);
    writeUrl('replace');
  }

  let arrive = () => {};

  /**
   * Choose an area, or none: its panel is a part, which Dash asks for when it is told. What is
   * returned is settled when the panel has come.
   */
  function select(pcode, { history = 'push', focus = false } = {}) {
    const detail = { pcode, focus, before: area };
    document.dispatchEvent(new CustomEvent('displacement:area', { detail }));
    const stands = !pcode || pcode === area;
    area = pcode;
    writeUrl(history);
    islands.select(pcode);
    return new Promise((resolve) => {
      arrive = resolve;
      if (stands) resolve();
    });
  }

  /** Show what the address asks for, which the reader has gone back or forward to. */
  async function follow() {
    clearTimeout(resting); // the address is another entry's now
    const query = currentQuery();
    pinned = Boolean(query.get('time'));
    area = query.get('area') || '';
    islands.made.get('tab').choose(query.get('tab') === 'table' ? 'table' : 'map');
    await ask(query, { whole: true });
    if (!area) select('', { history: 'replace' });
  }

  Object.assign(window.displacement, {
    words: { data, strings, format, reading, urls },
    page: {
      ask,
      begin,
      follow,
      arrived: () => arrive(),
      makeLive,
      fail,
      notify,
      select,
      settle,
      stay,
      step,
      tellWaiting,
      viewUrl: () => viewUrl,
      writeUrl,
      addingUrl,
      carry,
      say: announcer.say,
      metaOf,
      placesOf,
      partOf,
      shownQuery: () => readable(shownQuery()),
      urlOf: (figures) => withQuery(urls.page, shownQuery(figures)),
      queryOf: () => new URLSearchParams(view.query),
      start: (retry) => load(getFirst(), retry),
      get briefing() {
        return briefing;
      },
      get area() {
        return area;
      },
      get view() {
        return view;
      },
    },
  });
})();
