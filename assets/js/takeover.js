/**
 * Dash takes over the page that the server has written: it draws out of sight, from the layout that
 * stands in the document, and the two change places in one step.
 *
 *   await displacement.takeOver();  // once dash.js has come
 *
 * Dash itself would empty its element, write "Loading…" in it, and draw into that. How its renderer
 * behaves is held by tests/pages/test_takeover.py: a new version of Dash may change it.
 */
(() => {
  'use strict';

  const json = (id) => JSON.parse(document.getElementById(id).textContent);
  const LOADING = '_dash-loading'; // the class of what Dash draws before it has its layout

  /** Dash asks for its layout and its callbacks once each; both stand in the document. */
  function answerFromPage() {
    const network = window.fetch;
    const answers = {
      '_dash-layout': json('dash-layout'),
      '_dash-dependencies': json('dash-dependencies'),
    };
    window.fetch = (url, options) => {
      const name = String(url?.url ?? url)
        .split('/')
        .pop();
      if (!(name in answers)) return network(url, options);
      const body = JSON.stringify(answers[name]);
      delete answers[name];
      if (!Object.keys(answers).length) window.fetch = network;
      const headers = { 'Content-Type': 'application/json' };
      return Promise.resolve(new Response(body, { headers }));
    };
  }

  /** What is scrolled within an element, to be scrolled again where moving loses it. */
  const scrolled = (within) =>
    [...within.querySelectorAll('[id]')]
      .filter((each) => each.scrollTop || each.scrollLeft)
      .map(({ id, scrollTop, scrollLeft }) => [id, scrollTop, scrollLeft]);

  /** Wait while a pointer is down: where nothing can be moved, a drag under way would end. */
  function pointersUp() {
    if ('moveBefore' in Element.prototype || !pressed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => setTimeout(resolve);
      for (const type of ['pointerup', 'pointercancel'])
        document.addEventListener(type, end, { once: true });
    });
  }

  let pressed = false;
  document.addEventListener('pointerdown', () => {
    pressed = true;
  });
  for (const type of ['pointerup', 'pointercancel'])
    document.addEventListener(type, () => {
      pressed = false;
    });

  /**
   * Dash itself says nothing of a callback that has failed: in the browser with a reason; on the
   * server, which has a sentence for it, or has not answered.
   */
  async function tellFailure(callback, { error } = {}) {
    if (!error) return;
    const answer = await error
      .clone?.()
      .json()
      .catch(() => null);
    const reason = callback.clientside_function && (error.message || String(error));
    const detail = { reason, sentence: answer?.error?.sentence };
    document.dispatchEvent(new CustomEvent('displacement:failed', { detail }));
  }

  async function takeOver() {
    await pointersUp();
    const entry = document.getElementById('react-entry-point');
    const written = document.getElementById('written');
    const places = scrolled(written);
    // Not when the two change places: what Dash has drawn is moved out of sight by then.
    const seen = {};
    const note = () => Object.assign(seen, { left: window.scrollX, top: window.scrollY });
    note();
    document.addEventListener('scroll', note);
    const active = document.activeElement;
    const focused = written.contains(active) ? active : null;
    answerFromPage();
    return new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        if (!entry.firstElementChild || entry.firstElementChild.className === LOADING) return;
        observer.disconnect();
        entry.hidden = false;
        written.remove();
        // Where the focus was in it, browsers lay the page out on the way, and scroll.
        document.removeEventListener('scroll', note);
        window.scrollTo({ ...seen, behavior: 'instant' });
        for (const [id, top, left] of places) {
          const again = document.getElementById(id);
          if (again) [again.scrollTop, again.scrollLeft] = [top, left];
        }
        const again = focused?.isConnected ? focused : document.getElementById(focused?.id);
        if (again !== document.activeElement) again?.focus({ preventScroll: true });
        resolve();
      }).observe(entry, { childList: true });
      window.displacement.renderer = new window.DashRenderer({
        layout_pre: null,
        layout_post: null,
        request_pre: null,
        request_post: null,
        request_refresh_jwt: null,
        callback_resolved: tellFailure,
      });
    });
  }

  window.displacement = window.displacement || {};
  window.displacement.takeOver = takeOver;
})();
