/**
 * Places by what is typed, in the order of geodata/places/place_search.py: those that are called
 * so, then those that begin so, then those that have it in their name.
 *
 *   displacement.matchPlaces(places, folding.fold(typed)) -> places, best first
 */
(() => {
  'use strict';

  const RANKS = [
    (spelling, key) => spelling === key,
    (spelling, key) => spelling.startsWith(key),
    (spelling, key) => spelling.includes(key),
  ];

  function matchPlaces(places, key) {
    if (!key) return [];
    const rank = ({ spellings }) =>
      RANKS.findIndex((matches) => spellings.some((spelling) => matches(spelling, key)));
    return places
      .map((place) => [rank(place), place])
      .filter(([ranked]) => ranked >= 0)
      .sort(([a], [b]) => a - b)
      .map(([, place]) => place);
  }

  window.displacement = window.displacement || {};
  window.displacement.matchPlaces = matchPlaces;
})();
