/**
 * The briefing: makes a page of slides, whole without scripts, a presentation. Where there is room,
 * one slide fills the window; its map is live as the public map is, and Escape returns it to how it
 * was. Where there is none, the slides stay one below the other, and their maps are live.
 *
 * A slide's view is asked for when it is first shown; nothing else is ever loaded. In the speaker's
 * window (speaker.js) slides stay as the server drew them.
 */
(() => {
  'use strict';

  const {
    createAnnouncer,
    createFormat,
    createPainter,
    createReading,
    createSpeaker,
    createTallies,
    createTimeline,
    dropCovered,
    fetchView,
    followDark,
    shortcuts,
    showFailure,
  } = window.displacement;
  const data = JSON.parse(document.getElementById('displacement-data').textContent);
  const { strings } = data;
  const format = createFormat(data);
  const reading = createReading({ strings, format });
  const dark = followDark(data.dark);
  const roomy = window.matchMedia('(min-width: 1000px) and (min-height: 500px)');
  const root = document.documentElement;
  const deck = document.querySelector('.deck');
  const announcer = createAnnouncer(deck.querySelector('.deck-announcer'), { within: deck });
  const menu = deck.querySelector('.deck-menu');
  const IDLE_MS = 3000;
  const TYPING_MS = 2000;
  const SWIPE = 60; // pixels that make a touch a swipe

  const sections = [...deck.querySelectorAll('.slide')];
  const headline = (section) => section.querySelector('.headline').textContent;
  let current = 0;

  // ---- a live map -------------------------------------------------------------------------

  /** A slide with one map, or with two of which the timeline moves the later one. */
  function createLive(section, described, number) {
    const place = section.querySelector('.slide-time');
    const picked = section.querySelector('.picked');
    const stages = [...section.querySelectorAll('.slide-map')];
    const last = stages.length - 1;
    const count = createTallies(section.querySelector('.legend'), format);
    let view = null;
    let asked = null;
    let painters = [];
    let first = []; // positions of the slide's own dates
    let now = [];
    let area = described.area;
    let timeline = null;

    const moved = () => view !== null && now[last] !== first[last];
    const changed = () => moved() || (view !== null && area !== described.area);

    function step(t) {
      now[last] = t;
      painters[last].step(t);
      count(view.tallies[t]);
      const caption = stages[last].parentElement.querySelector('figcaption');
      if (caption) caption.textContent = format.date(view.dates[t], 'long');
      say();
    }

    /** Beside the map: what it shows now, where it is no longer the slide's, and the chosen area. */
    function say() {
      const i = view.areas.findIndex(({ pcode }) => pcode === area);
      const sentences = moved() ? [view.text.headline[now[last]]] : [];
      if (i >= 0) sentences.push(...now.map((t) => sentenceOf(t, i)));
      picked.hidden = !sentences.length;
      picked.replaceChildren(
        ...sentences.map((sentence) => {
          const line = document.createElement('p');
          line.textContent = sentence;
          return line;
        }),
      );
      guardEscape();
    }

    function sentenceOf(t, i) {
      const { sentence } = reading.cell(view, t, i);
      if (!last) return sentence;
      return format.fill(strings.onDate, { date: format.date(view.dates[t]), sentence });
    }

    function select(pcode) {
      area = pcode;
      for (const painter of painters) painter.select(pcode);
      say();
      if (pcode) announcer.say(picked.lastElementChild?.textContent ?? '');
    }

    function reset() {
      if (!changed()) return;
      timeline.pause();
      timeline.setIndex(first[last]);
      area = described.area;
      step(first[last]);
      for (const painter of painters) {
        painter.settle();
        painter.select(area);
        painter.point('');
      }
      say();
    }

    function takeOver(stage, at) {
      const tooltip = stage.parentElement.querySelector('.tooltip');
      const painter = createPainter(stage, { reading, format, strings, tooltip, dark });
      painter.takeOver(stage.querySelector('svg'));
      dropCovered(stage, section.querySelector('.legend'), { large: true });
      painter.show(view, at);
      painter.select(area);
      stage.addEventListener('displacement:select', ({ detail }) => select(detail.pcode));
      return painter;
    }

    function addTimeline() {
      place.replaceChildren();
      timeline = createTimeline(place, {
        strings: data.timeline,
        formatDate: format.date,
        formatYear: format.whole,
        fill: format.fill,
        idPrefix: `timeline-${number}`,
      });
      timeline.update({ ...reading.rounds(view), index: now[last], base: null });
      place.addEventListener('displacement:time', ({ detail }) => {
        step(detail.index);
        if (!detail.settled) return;
        painters[last].settle();
        announcer.say(view.text.headline[detail.index]);
      });
    }

    function fail(error) {
      asked = null;
      place.replaceChildren(); // what was said when the slide was shown before
      const sentence = format.fill(strings.failed, { reason: error.message });
      showFailure(place, { sentence, label: strings.retry, retry: wake });
    }

    /** Ask for the figures, once; until they are here the slide is as the server drew it. */
    async function wake() {
      if (asked) return;
      try {
        asked = fetchView(described.view);
        view = await asked;
      } catch (error) {
        fail(error);
        return;
      }
      first = described.times.map((iso) => view.dates.indexOf(iso));
      now = [...first];
      painters = stages.map((stage, i) => takeOver(stage, now[i]));
      addTimeline();
      section.dataset.live = 'true';
    }

    return { wake, reset, changed, pause: () => timeline?.pause() };
  }

  const lives = sections.map((section, i) => {
    const described = data.slides[i];
    return described.view ? createLive(section, described, i + 1) : null;
  });

  // ---- going from slide to slide ----------------------------------------------------------

  function show(n, { focus = false, announce = true, tell = true } = {}) {
    const to = Math.max(0, Math.min(n, sections.length - 1));
    const inside = sections[current].contains(document.activeElement);
    if (to !== current) lives[current]?.pause();
    current = to;
    for (const [i, section] of sections.entries()) {
      section.toggleAttribute('data-shown', i === to);
      section.toggleAttribute('data-next', i === to + 1);
    }
    for (const link of deck.querySelectorAll('[data-go]')) {
      if (Number(link.dataset.go) === to + 1) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    if (announce) sayPlace(to);
    if (tell) speaker.tell();
    if (speaker.isSpeaker) {
      speaker.place();
      return;
    }
    const hash = `#${sections[to].id}`;
    // The Tab key goes on from what the address names: where it names none, from the page's top.
    const isNamed = window.location.hash || to;
    if (isNamed && window.location.hash !== hash) window.history.replaceState(null, '', hash);
    if (!roomy.matches) sections[to].scrollIntoView();
    else if (focus || inside) sections[to].focus({ preventScroll: true });
    lives[to]?.wake();
    guardEscape();
  }

  function sayPlace(n) {
    const place = { n: format.number(n + 1), all: format.number(sections.length) };
    announcer.say(format.fill(strings.slideOf, { ...place, headline: headline(sections[n]) }));
  }

  const speaker = createSpeaker({
    desk: deck.querySelector('.desk'),
    strings,
    format,
    show: (n) => show(n, { tell: false }),
    shown: () => current,
    last: sections.length - 1,
  });
  /** Whether one slide is shown at a time, which keys go on from. */
  const isDeck = () => speaker.isSpeaker || roomy.matches;

  const places = {
    previous: () => current - 1,
    next: () => current + 1,
    first: () => 0,
    last: () => sections.length - 1,
  };

  /** The slide that the address names; the first where it names none. */
  const addressed = () =>
    Math.max(
      0,
      sections.findIndex(({ id }) => `#${id}` === window.location.hash),
    );

  // ---- what the bar does ------------------------------------------------------------------

  async function toggleFullScreen() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await root.requestFullscreen();
    } catch {
      button('full-screen').hidden = true; // the browser does not allow it here
    }
  }

  const button = (name) => deck.querySelector(`[data-do="${name}"]`);

  function toggleNotes() {
    const shown = root.toggleAttribute('data-notes');
    button('notes').setAttribute('aria-pressed', String(shown));
  }

  function openSpeaker() {
    if (speaker.open()) return;
    const blocked = document.createElement('p');
    blocked.className = 'notices deck-notices';
    blocked.setAttribute('role', 'alert');
    blocked.textContent = strings.windowBlocked;
    deck.querySelector('.deck-notices')?.remove();
    deck.append(blocked);
  }

  function edit() {
    const link = menu.querySelector('[data-edit]');
    if (!link) return;
    const address = new URL(link.href);
    address.search += `${address.search ? '&' : '?'}focus=${current + 1}`;
    window.location.assign(address);
  }

  /** Escape is the browser's own way out of full screen, unless a map is to be returned first. */
  function guardEscape() {
    if (!navigator.keyboard?.lock) return;
    if (document.fullscreenElement && lives[current]?.changed()) {
      navigator.keyboard.lock(['Escape']).catch(() => {});
    } else navigator.keyboard.unlock();
  }

  const actions = {
    previous: () => show(places.previous()),
    next: () => show(places.next()),
    speaker: openSpeaker,
    restart: () => speaker.restart(),
    notes: toggleNotes,
    'full-screen': toggleFullScreen,
    dismiss: () => deck.querySelector('.deck-notices').remove(),
  };

  deck.addEventListener('click', (event) => {
    const pressed = event.target.closest('[data-do]');
    if (pressed) actions[pressed.dataset.do]();
    const link = event.target.closest('[data-go]');
    if (link) {
      event.preventDefault();
      menu.open = false;
      show(Number(link.dataset.go) - 1, { focus: true });
    }
    if (event.target.closest('[data-edit]') && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      edit();
    }
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });

  // ---- keys -------------------------------------------------------------------------------

  const PAGING = { PageDown: 'next', PageUp: 'previous' }; // those of a presenter in the hand
  const GOING = {
    ArrowRight: 'next',
    ArrowDown: 'next',
    ArrowLeft: 'previous',
    ArrowUp: 'previous',
    Home: 'first',
    End: 'last',
    ' ': 'next',
  };
  const ofSlides = { n: toggleNotes, e: edit, s: openSpeaker };
  const LETTERS = { f: toggleFullScreen, ...(speaker.isSpeaker ? {} : ofSlides) };
  let typed = '';
  let typing = 0;

  const isModified = ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey;
  const takesText = (target) => target.matches('input:not([type="range"]), select, textarea');
  /** Whether what has the focus does something of its own with a key. */
  const isUsed = (target, key) =>
    takesText(target) ||
    target.matches('[type="range"], [role="slider"]') ||
    (key === ' ' && target.matches('button, summary, [role="button"]')) ||
    (key.startsWith('Arrow') && target.matches('[data-pcode]'));

  function typeDigit(digit) {
    clearTimeout(typing);
    typed += digit;
    typing = setTimeout(() => {
      typed = '';
    }, TYPING_MS);
  }

  function goToTyped(event) {
    const n = Number(typed);
    typed = '';
    if (!n || n > sections.length) return;
    event.preventDefault();
    event.stopPropagation();
    show(n - 1);
  }

  // Before the timeline, which would go a year on: a presenter in the hand has no other keys.
  document.addEventListener(
    'keydown',
    (event) => {
      const isElsewhere = takesText(event.target) || event.target.closest('dialog');
      if (isModified(event) || !isDeck() || isElsewhere) return;
      if (PAGING[event.key]) {
        event.preventDefault();
        event.stopPropagation();
        show(places[PAGING[event.key]]());
      } else if (/^[0-9]$/.test(shortcuts.letter(event))) typeDigit(event.key);
      else if (event.key === 'Enter' && typed) goToTyped(event);
    },
    { capture: true },
  );

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isModified(event) || event.target.closest('dialog')) return;
    const { key, target } = event;
    if (key === 'Escape') {
      stepBack(event);
      return;
    }
    if (isUsed(target, key)) return;
    const letter = shortcuts.letter(event);
    if (LETTERS[letter]) {
      event.preventDefault();
      LETTERS[letter]();
    } else if (GOING[key] && isDeck()) {
      event.preventDefault();
      const back = key === ' ' && event.shiftKey;
      const rtl = document.dir === 'rtl' && /^Arrow(Left|Right)$/.test(key);
      const towards = GOING[key];
      const turned = { next: 'previous', previous: 'next' };
      show(places[back || rtl ? turned[towards] : towards]());
    }
  });

  /** A list that is open closes; else the map is as the slide has it. */
  function stepBack(event) {
    if (menu.open) {
      menu.open = false;
      menu.querySelector('summary').focus();
    } else if (lives[current]?.changed()) {
      lives[current].reset();
    } else return;
    event.preventDefault();
  }

  // ---- touch ------------------------------------------------------------------------------

  let touch = null;

  deck.addEventListener('touchstart', (event) => {
    const [finger] = event.touches;
    const elsewhere = event.target.closest('.slide-time, .deck-bar, .speaker');
    touch = event.touches.length === 1 && !elsewhere ? [finger.clientX, finger.clientY] : null;
  });
  deck.addEventListener('touchend', (event) => {
    if (!touch || !isDeck()) return;
    const [finger] = event.changedTouches;
    const [dx, dy] = [finger.clientX - touch[0], finger.clientY - touch[1]];
    touch = null;
    if (Math.abs(dx) < SWIPE || Math.abs(dx) < 2 * Math.abs(dy)) return;
    const ahead = dx < 0 !== (document.dir === 'rtl');
    show(ahead ? places.next() : places.previous());
  });

  // ---- full screen: what is not used goes out of sight ------------------------------------

  let idling = 0;

  function stir() {
    clearTimeout(idling);
    root.removeAttribute('data-idle');
    if (!document.fullscreenElement) return;
    idling = setTimeout(() => root.setAttribute('data-idle', ''), IDLE_MS);
  }

  document.addEventListener('pointermove', stir);
  document.addEventListener('fullscreenchange', () => {
    const label = document.fullscreenElement ? strings.leaveFullScreen : strings.fullScreen;
    button('full-screen').setAttribute('aria-label', label);
    button('full-screen').title = `${label} (F)`;
    stir();
    guardEscape();
  });

  // ---- starting ---------------------------------------------------------------------------

  /** Where slides stand one below the other, a map is live once it is seen. */
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting && !isDeck()) lives[sections.indexOf(target)]?.wake();
    }
  });

  window.addEventListener('hashchange', () => speaker.isSpeaker || show(addressed()));
  window.addEventListener('beforeprint', () => {
    for (const live of lives) live?.reset(); // on paper every slide is as it was made
  });
  for (const each of deck.querySelectorAll('[data-do]')) each.hidden = false;
  button('full-screen').hidden = !document.fullscreenEnabled;
  root.dataset.live = 'true';
  current = addressed();
  if (isDeck() || window.location.hash) show(current, { announce: false, tell: false });
  else sections[0].toggleAttribute('data-shown', true);
  for (const section of sections) seen.observe(section);
  roomy.addEventListener('change', () => show(current, { announce: false }));
})();
