/**
 * Without a network: tells the reader that what is shown is not fresh, and has the service worker
 * keep what is seen (assets/worker/worker.js). The words stand in the page.
 */
(() => {
  'use strict';

  const place = document.querySelector('[data-offline]');
  const { lang } = document.documentElement;
  const { seen } = document.documentElement.dataset;

  /** Say on which day what is shown was last seen. */
  function tellSeen(iso) {
    if (!place) return;
    const written = { dateStyle: 'long', timeStyle: 'short' };
    const date = new Intl.DateTimeFormat(`${lang}-u-nu-latn`, written).format(new Date(iso));
    place.textContent = place.dataset.offline.replace('{date}', date);
    place.hidden = false;
  }

  /** Of what the page has loaded, what never changes. */
  const loaded = () =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => name.includes('/built/') || /[?&]v=/.test(name));

  /** Once the page has all it needs: the worker takes the link only then. */
  async function keepSeen() {
    const url = place?.dataset.worker;
    if (!url || !navigator.serviceWorker || seen) return;
    const controlled = Boolean(navigator.serviceWorker.controller);
    const registration = await navigator.serviceWorker.register(url).catch(() => null);
    if (!registration || controlled) return; // it sees for itself what is loaded
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ keep: [window.location.href, ...loaded()] });
  }

  if (seen) tellSeen(seen);
  window.displacement = window.displacement || {};
  Object.assign(window.displacement, { tellSeen, keepSeen });
  if (!document.getElementById('map-stage')) window.addEventListener('load', keepSeen);
})();
