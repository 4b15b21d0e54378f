/**
 * The speaker's window: the same page as the slides, opened by them at `#speaker`, laid out for the
 * one who speaks. The two windows send each other messages, which also pages from a disk may; nothing
 * is stored. The slides are what is true: the speaker's window asks them where they are.
 *
 *   hello   speaker → slides    where are you? (until it is answered, and after they were loaded anew)
 *   at      slides → speaker    the slide that is shown, and the query of the page
 *   go      speaker → slides    show that slide
 *   bye     slides → speaker    they are left, or loaded anew
 */
(() => {
  'use strict';

  const HASH = '#speaker';
  const KIND = 'displacement-briefing';
  const AGAIN_MS = 1000;
  const SIZE = 'popup,width=1280,height=820';
  const { hash, origin, protocol } = window.location;
  const isFile = protocol === 'file:'; // whose origin has no name
  const isSpeaker = hash === HASH && Boolean(window.opener);

  function send(to, kind, more = {}) {
    to?.postMessage({ of: KIND, kind, ...more }, isFile ? '*' : origin);
  }

  function receive(answers) {
    window.addEventListener('message', ({ data, source, origin: from }) => {
      const isOurs = data?.of === KIND && (isFile || from === origin) && source !== window;
      if (isOurs && Object.hasOwn(answers, data.kind)) answers[data.kind](data, source);
    });
  }

  /** In the window of the slides: `show` is called with the slide that the speaker goes to. */
  function createSlidesSide({ show, shown }) {
    let speaker = null;
    const tell = () => send(speaker, 'at', { slide: shown(), query: window.location.search });

    receive({
      hello: (_, source) => {
        speaker = source;
        tell();
      },
      go: ({ slide }, source) => {
        speaker = source; // also where the slides were just loaded anew
        if (Number.isInteger(slide)) show(slide);
      },
    });
    window.addEventListener('pagehide', () => send(speaker, 'bye'));

    /** Open the speaker's window, or bring it to the front; false where the browser does not. */
    function open() {
      const { pathname, search } = window.location;
      if (speaker && !speaker.closed) speaker.focus();
      else speaker = window.open(`${pathname}${search}${HASH}`, KIND, SIZE);
      return Boolean(speaker);
    }

    return { isSpeaker, open, tell };
  }

  // ---- the speaker's window ---------------------------------------------------------------

  /** In the speaker's window: `show` is called with the slide that the slides are at. */
  function createSpeakerSide({ desk, strings, format, show, shown, last }) {
    const { opener } = window;
    const within = (name) => desk.querySelector(`.desk-${name}`);
    const state = within('state');
    let isConnected = false;
    let started = Date.now();

    function say(sentence) {
      if (state.textContent !== sentence) state.textContent = sentence;
    }

    receive({
      at: ({ slide, query }, source) => {
        if (source !== opener) return;
        if (query !== window.location.search) window.location.search = query; // other slides
        isConnected = true;
        say('');
        show(slide);
      },
      bye: (_, source) => {
        if (source === opener) isConnected = false;
      },
    });

    const digits = (text) => text.replace(/[0-9]/g, (digit) => format.whole(Number(digit)));
    const two = (n) => String(n).padStart(2, '0');

    function tick() {
      const now = new Date();
      const seconds = Math.max(0, Math.floor((now - started) / 1000));
      const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
      within('clock').textContent = digits(`${two(now.getHours())}:${two(now.getMinutes())}`);
      within('spent').textContent = digits(`${hours}:${two(minutes)}:${two(seconds % 60)}`);
      if (isConnected && !opener.closed) return;
      isConnected = false;
      say(opener.closed ? strings.slidesClosed : strings.slidesGone);
      if (!opener.closed) send(opener, 'hello');
    }

    function restart() {
      started = Date.now();
      tick();
    }

    /** Where in the slides this is, and what comes next. */
    function place() {
      const [n, all] = [shown() + 1, last + 1].map((number) => format.number(number));
      within('place').textContent = format.fill(strings.place, { n, all });
      within('next').textContent = shown() < last ? strings.next : strings.lastSlide;
    }

    desk.hidden = false;
    for (const notes of document.querySelectorAll('.speaker')) notes.tabIndex = 0; // they scroll
    document.documentElement.dataset.speaker = '';
    setInterval(tick, AGAIN_MS);
    tick();
    say('');

    return { isSpeaker, restart, place, tell: () => send(opener, 'go', { slide: shown() }) };
  }

  window.displacement = window.displacement || {};
  window.displacement.createSpeaker = isSpeaker ? createSpeakerSide : createSlidesSide;
})();
