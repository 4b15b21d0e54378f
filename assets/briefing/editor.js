/**
 * The editor of a briefing keeps what was typed: whoever leaves it by a link, the browser's own
 * buttons or by closing it is asked first, where the form has anything that was not sent.
 *
 * What is sent is in the address of the page that follows, or in the file. Without this script a
 * browser brings back what was typed when its reader comes back.
 */
(() => {
  'use strict';

  const form = document.querySelector('.deck-form');
  const fields = [...form.querySelectorAll('input:not([type="hidden"]), select, textarea')];
  const asServed = (field) =>
    field.options
      ? [...field.options].find(({ defaultSelected }) => defaultSelected)?.value
      : field.defaultValue;
  const read = (value) => JSON.stringify(fields.map(value));
  const served = form.hasAttribute('data-unsent') ? '' : read(asServed);
  let kept = served; // what no leaving can lose

  const isUnsent = () => read(({ value }) => value) !== kept;
  const ask = (event) => event.preventDefault();

  /** Browsers keep a page that asks nothing, and show it at once when its reader comes back. */
  function watch() {
    if (isUnsent()) window.addEventListener('beforeunload', ask);
    else window.removeEventListener('beforeunload', ask);
  }

  function keep() {
    kept = read(({ value }) => value);
    watch();
  }

  /** Tell whether the slide of a button has words of its own. */
  const hasWords = (button) =>
    [...button.closest('.deck-card').querySelectorAll('input[maxlength], textarea')].some(
      ({ value }) => value.trim(),
    );

  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-question]');
    if (!button || !hasWords(button)) return;
    if (!window.confirm(button.dataset.question)) event.preventDefault();
  });
  form.addEventListener('input', watch);
  form.addEventListener('submit', keep);
  // Also of what the browser has brought back: an answer to what was sent may never have come.
  window.addEventListener('pageshow', () => {
    kept = served;
    watch();
  });
})();
