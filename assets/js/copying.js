/**
 * Copying what stands in a field, with a word about it; where the browser refuses, the text is
 * selected for the reader to copy.
 */
(() => {
  'use strict';

  const SAID_MS = 6000;

  async function copyField(field, status, { copied, refused }) {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = copied;
    } catch {
      field.focus();
      field.select();
      status.textContent = refused;
    }
    clearTimeout(status.clearing);
    status.clearing = setTimeout(() => status.replaceChildren(), SAID_MS);
  }

  window.displacement = window.displacement || {};
  window.displacement.copyField = copyField;
})();
