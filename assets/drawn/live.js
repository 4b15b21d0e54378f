/**
 * What pages with a map that the server drew share, once scripts make it live: its figures, its
 * legend, and what stands there where the figures cannot be had.
 */
(() => {
  'use strict';

  async function fetchView(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return response.json();
  }

  /** Count the areas of each class and status anew: given a date's tally of the view. */
  function createTallies(legend, format) {
    const rows = [...legend.querySelectorAll('li')];
    return (tally) => {
      for (const row of rows) {
        const n = tally[row.dataset.place];
        row.lastElementChild.textContent = n ? format.number(n) : '';
        row.dataset.empty = String(!n);
      }
    };
  }

  /** Say what went wrong, with a button that tries again. */
  function showFailure(place, { sentence, label, retry }) {
    const words = document.createElement('p');
    words.setAttribute('role', 'alert');
    words.textContent = sentence;
    const again = document.createElement('button');
    again.type = 'button';
    again.className = 'button';
    again.textContent = label;
    again.addEventListener('click', () => {
      words.remove();
      again.remove();
      retry();
    });
    place.append(words, again);
  }

  window.displacement = window.displacement || {};
  Object.assign(window.displacement, { fetchView, createTallies, showFailure });
})();
