/**
 * The service worker: keeps what was seen, for when there is no network.
 *
 * What it keeps: files under the hash of their content and figures under the version of their
 * snapshot, which never change; pages and newest figures as they were last sent. While there is a
 * network, those are asked for every time; without one, what is kept is given out, marked with the
 * day on which it was seen. Nothing else is kept: no error, nothing that was sent, nothing of
 * another origin.
 *
 * RELEASE, which the server writes before this, names the caches: a new release drops the old ones.
 */
(() => {
  'use strict';

  const LASTING = `displacement-lasting-${RELEASE}`;
  const SEEN = `displacement-seen-${RELEASE}`;
  const MOST_SEEN = 60;
  const MARK = 'X-Displacement-Seen';
  // Of a page's query, what only chooses among what it holds.
  const PLACES = ['time', 'area', 'tab', 'briefing'];
  const root = new URL(self.registration.scope);

  const below = (url) => url.pathname.slice(root.pathname.length);
  const isOwn = (url) => url.origin === root.origin && url.pathname.startsWith(root.pathname);
  const isData = (url) => ['api/', 'parts/'].some((start) => below(url).startsWith(start));
  const isLasting = (url) =>
    below(url).startsWith('built/') || (isData(url) && url.searchParams.has('v'));
  const isPage = (response) => response.headers.get('Content-Type')?.startsWith('text/html');
  const isSaved = (response) => response.headers.has('Content-Disposition');

  async function keep(name, request, response) {
    const cache = await caches.open(name);
    await cache.put(request, response);
    if (name !== SEEN) return;
    const held = await cache.keys(); // in the order in which they came
    await Promise.all(held.slice(0, -MOST_SEEN).map((old) => cache.delete(old)));
  }

  async function keepSeen(request, response) {
    const headers = new Headers(response.headers);
    headers.set(MARK, new Date().toISOString());
    const cache = await caches.open(SEEN);
    await cache.delete(request); // so that it is the newest
    await keep(SEEN, request, new Response(await response.blob(), { status: 200, headers }));
  }

  /** What never changes: from the cache, else from the server. */
  async function lasting(event) {
    const held = await caches.match(event.request, { cacheName: LASTING });
    if (held) return held;
    const response = await fetch(event.request);
    const frozen = response.headers.get('Cache-Control')?.includes('immutable');
    if (response.status === 200 && frozen)
      event.waitUntil(keep(LASTING, event.request, response.clone()));
    return response;
  }

  /** What may have changed: from the server, and only without one as it was last seen. */
  async function newest(event, wanted, find) {
    try {
      const response = await fetch(event.request);
      if (response.status === 200 && wanted(response))
        event.waitUntil(keepSeen(event.request, response.clone()));
      return response;
    } catch (error) {
      const held = await find();
      if (held) return held;
      throw error;
    }
  }

  const sameFigures = (url) => {
    const query = new URLSearchParams(url.search);
    for (const key of PLACES) query.delete(key);
    query.sort();
    return String(query);
  };

  /**
   * The page itself; else the last one seen of the same figures. Else the reader is led to the last
   * one seen of its kind, under its own address: no address shows the figures of another.
   */
  async function findPage(request) {
    const cache = await caches.open(SEEN);
    const asked = new URL(request.url);
    const held = (await cache.keys()).reverse();
    const same = held.filter(({ url }) => new URL(url).pathname === asked.pathname);
    const found =
      same.find(({ url }) => url === request.url) ??
      same.find(({ url }) => sameFigures(new URL(url)) === sameFigures(asked));
    if (found) return marked(await cache.match(found));
    return same.length ? Response.redirect(same[0].url) : undefined;
  }

  /** Write into a page when it was seen; its script tells the reader. */
  async function marked(response) {
    const html = await response.text();
    const seen = response.headers.get(MARK);
    const headers = new Headers(response.headers);
    headers.delete('Content-Encoding');
    headers.delete('Content-Length');
    return new Response(html.replace('<html ', `<html data-seen="${seen}" `), { headers });
  }

  self.addEventListener('install', () => self.skipWaiting());

  self.addEventListener('activate', (event) => {
    const dropOld = async () => {
      const names = await caches.keys();
      const old = names.filter(
        (name) => name.startsWith('displacement-') && ![LASTING, SEEN].includes(name),
      );
      await Promise.all(old.map((name) => caches.delete(name)));
    };
    event.waitUntil(dropOld());
  });

  self.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || !isOwn(url) || request.headers.has('Range')) return;
    if (isLasting(url)) event.respondWith(lasting(event));
    else if (isData(url))
      event.respondWith(
        newest(
          event,
          () => true,
          () => caches.match(request, { cacheName: SEEN }),
        ),
      );
    else if (request.mode === 'navigate')
      event.respondWith(
        newest(
          event,
          (response) => isPage(response) && !isSaved(response),
          () => findPage(request),
        ),
      );
  });

  // A page that was there before this: it says what it is made of.
  self.addEventListener('message', (event) => {
    const take = async (address) => {
      const url = new URL(address, root);
      if (!isOwn(url)) return;
      const request = new Request(url.href);
      const response = await fetch(request);
      if (response.status !== 200) return;
      if (isLasting(url)) await keep(LASTING, request, response);
      else if (isPage(response) && !isSaved(response)) await keepSeen(request, response);
    };
    const addresses = event.data?.keep ?? [];
    event.waitUntil(Promise.all(addresses.map((each) => take(each).catch(() => {}))));
  });
})();
