/**
 * Says what has changed to readers who do not see it: one live region for a whole page.
 *
 *   const announcer = displacement.createAnnouncer(region, { within: document.body });
 *   announcer.say('1,665,108 internally displaced people on 30 April 2019');
 *
 * Of several sentences in quick succession only the last is said, none while the timeline within
 * plays, and none that the slider with the focus has said already as its own value.
 */
(() => {
  'use strict';

  const REST_MS = 400;
  const SLIDERS = '[type="range"], [role="slider"]';

  function createAnnouncer(region, { within }) {
    let resting = 0;
    let next = '';
    let isPlaying = false;

    function speak() {
      const slider = document.activeElement?.closest(SLIDERS);
      if (slider?.getAttribute('aria-valuetext') !== next) region.textContent = next;
    }

    function say(text) {
      next = text;
      clearTimeout(resting);
      if (!isPlaying) resting = setTimeout(speak, REST_MS);
    }

    within.addEventListener('displacement:play', ({ detail }) => {
      isPlaying = detail.playing;
      if (isPlaying) clearTimeout(resting);
    });

    return { say };
  }

  window.displacement = window.displacement || {};
  window.displacement.createAnnouncer = createAnnouncer;
})();
