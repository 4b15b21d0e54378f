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
    const rows = [...legend.querySelectorAll('li[data-place]')];
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

  /** Whether an area of the map stands where a name begins, ends or has its middle. */
  function isUnderArea({ left, right, top, bottom }) {
    const under = (x) => document.elementsFromPoint(x, (top + bottom) / 2);
    const at = [left + 1, (left + right) / 2, right - 1].flatMap(under);
    return at.some((element) => element.matches('path[data-pcode]'));
  }

  /**
   * Take away the names of countries that a box over the map cuts, at every size of the two; also
   * those that areas cut, where the names are so large that they do not fit beside the country.
   */
  function dropCovered(map, box, { large = false } = {}) {
    const drop = () => {
      const { left, right, top, bottom } = box.getBoundingClientRect();
      for (const name of map.querySelectorAll('.countries text')) {
        const at = name.getBoundingClientRect();
        const beside = at.right < left || at.left > right || at.bottom < top || at.top > bottom;
        name.style.visibility = beside && !(large && isUnderArea(at)) ? '' : 'hidden';
      }
    };
    const sizes = new ResizeObserver(drop);
    for (const each of [map, box]) sizes.observe(each);
  }

  window.displacement = window.displacement || {};
  Object.assign(window.displacement, { fetchView, createTallies, dropCovered, showFailure });
})();
