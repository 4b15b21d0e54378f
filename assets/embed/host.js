/**
 * The script of the snippet, for pages that embed a map: gives every frame the height of its map.
 *
 * A message is believed only where it comes from the window of a frame of this page, from the
 * origin that this script was loaded from, and has the one shape that is known; the height is
 * clamped. Frames within open shadow roots are found, too, and those whose page sandboxes them so
 * that they have no origin. The page works without this script: its frames keep the height they
 * were given.
 */
(() => {
  'use strict';

  const [TYPE, ASK] = ['displacement-map:height', 'displacement-map:ask'];
  const [LEAST, MOST] = [120, 4000];

  /** All elements of a selector, in the page and in its open shadow roots. */
  function* everywhere(selector, root = document) {
    yield* root.querySelectorAll(selector);
    for (const { shadowRoot } of root.querySelectorAll('*'))
      if (shadowRoot) yield* everywhere(selector, shadowRoot);
  }

  // Within a shadow root no script is the current one.
  const own = document.currentScript || [...everywhere('script[src$="/host.js"]')].pop();
  const { origin } = new URL(own.src);
  window.displacementMaps = window.displacementMaps || new Set();
  if (window.displacementMaps.has(origin)) return; // pasted once for each map
  window.displacementMaps.add(origin);

  const isOurs = (frame) => frame.src.startsWith(`${origin}/`);
  const isNobody = ({ sandbox }) => sandbox.length > 0 && !sandbox.contains('allow-same-origin');
  const frames = new WeakMap();

  function frameOf(source) {
    if (!frames.get(source)?.isConnected)
      for (const frame of everywhere('iframe')) frames.set(frame.contentWindow ?? frame, frame);
    return frames.get(source);
  }

  window.addEventListener('message', ({ data, origin: from, source }) => {
    if (from !== origin && from !== 'null') return;
    if (data?.type !== TYPE || data.v !== 1 || !Number.isFinite(data.px)) return;
    const frame = frameOf(source);
    if (!frame || (from === 'null' && !(isOurs(frame) && isNobody(frame)))) return;
    frame.style.height = `${Math.min(MOST, Math.max(LEAST, Math.ceil(data.px)))}px`;
  });

  // A map may have told its height before this script was here.
  for (const frame of everywhere('iframe'))
    if (isOurs(frame)) frame.contentWindow?.postMessage({ type: ASK }, '*');
})();
