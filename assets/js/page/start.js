/**
 * Starts the page, in this order: what the server has written is made live with the figures it was
 * made from; then Dash is fetched, which takes the page over; Plotly, when the first chart is
 * opened.
 */
(() => {
  'use strict';

  const { choices, element, islands, keepSeen, page, words } = window.displacement;
  const { data } = words;
  const root = document.documentElement;

  /** Load a script, or a style sheet of a plugin's components. */
  function addScript(url) {
    return new Promise((resolve, reject) => {
      const isStyle = new URL(url, window.location).pathname.endsWith('.css');
      const added = isStyle
        ? element('link', { rel: 'stylesheet', href: url })
        : element('script', { src: url });
      added.addEventListener('load', resolve);
      added.addEventListener('error', () => {
        added.remove();
        reject(new Error(url.split('/').at(-1)));
      });
      document.head.append(added);
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

  window.displacement.addScript = addScript;
  window.displacement.fetchPlotly = once(() => addScript(data.later.plotly));
  window.displacement.fetchUsed = once(() => addScript(data.later.used));

  /** Without Dash nothing answers a choice: its address is opened, as where the form is sent. */
  function openChoices() {
    const send = () => {
      const query = choices.wanted();
      if (query) window.location.assign(page.urlOf(query));
    };
    document.addEventListener('displacement:chosen', send);
    send();
    // Nor does an area bring its panel: its address is opened, which has it.
    const open = () => window.location.reload();
    document.addEventListener('displacement:area', () => queueMicrotask(open));
    if (page.area !== data.first.area) open();
  }

  /** Let the browser paint, and answer whoever waits, before it reads so much. */
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

  async function start() {
    await page.start(start);
    if (!page.view) return; // the reader is told, and may try again
    root.dataset.live = 'true';
    await painted();
    try {
      const { dash, plugins = [], 'with-dash': own } = data.later;
      const panels = addScript(own).then(page.makeLive); // without waiting for Dash
      await Promise.all([panels, ...[dash, ...plugins].map(addScript)]);
      await window.displacement.takeOver();
      root.dataset.dash = 'true';
      islands.tell();
    } catch {
      openChoices();
    }
    if (!root.dataset.seen) keepSeen();
  }

  document.addEventListener('displacement:failed', ({ detail }) => {
    const { failed, unanswered } = words.strings;
    page.notify([
      detail.sentence || (detail.reason ? words.format.fill(failed, detail) : unanswered),
    ]);
  });
  // Heard by the document, for Dash draws a form of its own in the place of the one that was written.
  document.addEventListener('submit', (event) => {
    if (event.target.id === 'filters' && root.dataset.dash) event.preventDefault(); // acts at once
  });
  // What is shared is read off the address, which then must say what is shown.
  document.addEventListener('displacement:share', () => page.view && page.settle());
  /** What is folded on the screen is read on paper, also where no style can say so. */
  function unfoldOnPaper() {
    let folded = [];
    window.addEventListener('beforeprint', () => {
      folded = [...document.querySelectorAll('.fold:not([open])')];
      for (const each of folded) each.open = true;
    });
    window.addEventListener('afterprint', () => {
      for (const each of folded) each.open = false;
    });
  }
  if (!CSS.supports('selector(::details-content)')) unfoldOnPaper();

  start();
})();
