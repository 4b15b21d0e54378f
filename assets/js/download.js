/**
 * The download menu: keeps its links at the view that is shown, and tells of files being made.
 *
 * Without this script the links lead to the files of the view that the page was asked for. With it
 * a file is fetched, so that one which takes longer than a second says so, and one for which the
 * server has no room just now is asked for again.
 */
(() => {
  'use strict';

  const PATIENCE_MS = 1000;
  const TRIES = 8;
  const BUSY = 503;
  const menu = document.querySelector('[data-download]');
  if (!menu) return;

  const said = menu.querySelector('.download-said');
  const bar = menu.querySelector('progress');
  const links = [...menu.querySelectorAll('a')];

  /** Lead to the view that is shown: on the map page the address has it. */
  function follow() {
    if (!document.querySelector('[data-share="address"]')) return;
    document.dispatchEvent(new CustomEvent('displacement:share'));
    for (const link of links) {
      const address = new URL(link.href);
      address.search = window.location.search;
      link.href = address.href;
    }
  }

  const rest = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

  /** Fetch a file; ask again while the server is busy. */
  async function fetched(address) {
    for (let n = 1; ; n += 1) {
      const response = await fetch(address);
      if (response.ok) return response;
      if (response.status !== BUSY || n === TRIES) throw new Error(await reason(response));
      said.textContent = said.dataset.busy;
      await rest(Number(response.headers.get('Retry-After')) || 1);
    }
  }

  /** The server's own sentence, where it gave one. */
  async function reason(response) {
    try {
      return (await response.json()).error.sentence;
    } catch {
      return '';
    }
  }

  function nameOf(response, address) {
    const named = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '');
    return named ? named[1] : new URL(address).pathname.split('/').pop();
  }

  async function body(response) {
    const total = Number(response.headers.get('Content-Length'));
    if (!total || response.headers.get('Content-Encoding')) return response.blob();
    const parts = [];
    let received = 0;
    bar.max = total;
    const reader = response.body.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      parts.push(step.value);
      received += step.value.length;
      bar.value = received;
    }
    return new Blob(parts, { type: response.headers.get('Content-Type') ?? '' });
  }

  function save(blob, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  async function download(link) {
    const telling = setTimeout(() => {
      said.textContent = said.textContent || said.dataset.making;
      bar.hidden = false;
    }, PATIENCE_MS);
    link.setAttribute('aria-busy', 'true');
    said.replaceChildren();
    bar.removeAttribute('value');
    try {
      const response = await fetched(link.href);
      const name = nameOf(response, link.href);
      save(await body(response), name);
      said.textContent = said.dataset.done.replace('{name}', name);
    } catch (error) {
      said.textContent =
        error instanceof TypeError || !error.message ? said.dataset.failed : error.message;
    } finally {
      clearTimeout(telling);
      bar.hidden = true;
      link.removeAttribute('aria-busy');
    }
  }

  menu.addEventListener('toggle', () => menu.open && follow());
  for (const link of links) {
    if (!link.hasAttribute('download')) continue;
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (link.getAttribute('aria-busy') !== 'true') download(link);
    });
  }
})();
