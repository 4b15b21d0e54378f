/**
 * The script of the snippet, for pages that embed a map: gives every frame the height of its map.
 *
 * A message is believed only where it comes from the window of a frame of this page, from the
 * origin that this script was loaded from, and has the one shape that is known; the height is
 * clamped. The page works without this script: its frames keep the height they were given.
 */
(() => {
  'use strict';

  const [TYPE, ASK] = ['displacement-map:height', 'displacement-map:ask'];
  const [LEAST, MOST] = [120, 4000];
  const origin = new URL(document.currentScript.src).origin;
  window.displacementMaps = window.displacementMaps || new Set();
  if (window.displacementMaps.has(origin)) return; // pasted once for each map
  window.displacementMaps.add(origin);

  const frameOf = (source) =>
    [...document.getElementsByTagName('iframe')].find((frame) => frame.contentWindow === source);

  window.addEventListener('message', ({ data, origin: from, source }) => {
    if (from !== origin || data?.type !== TYPE || data.v !== 1) return;
    if (!Number.isFinite(data.px)) return;
    const frame = frameOf(source);
    if (frame) frame.style.height = `${Math.min(MOST, Math.max(LEAST, Math.ceil(data.px)))}px`;
  });

  // A map may have told its height before this script was here.
  for (const frame of document.getElementsByTagName('iframe'))
    if (frame.src.startsWith(`${origin}/`)) frame.contentWindow.postMessage({ type: ASK }, '*');
})();
