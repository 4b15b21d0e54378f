/**
 * The list of a published folder: writes into the code where the folder was found, and copies it.
 * Without this script the page says what to write there.
 */
(() => {
  'use strict';

  const list = document.querySelector('.published');
  const { placeholder } = list.dataset;

  /** Only what has an address on the web can be embedded: not a folder on a disk. */
  function fillIn() {
    const here = new URL('.', document.baseURI);
    if (!placeholder || !here.protocol.startsWith('http')) return;
    const written = here.href.replaceAll('&', '&amp;');
    for (const code of list.querySelectorAll('textarea')) {
      code.value = code.value.replaceAll(placeholder, written);
    }
    list.querySelector('[data-advice]').hidden = true;
  }

  function copy(place) {
    const status = place.querySelector('[role="status"]');
    return window.displacement.copyField(place.querySelector('textarea'), status, list.dataset);
  }

  fillIn();
  for (const place of list.querySelectorAll('.copyable')) {
    const button = place.querySelector('button');
    button.hidden = false;
    button.addEventListener('click', () => copy(place));
  }
})();
