/**
 * What the controls say, as the query of a view:
 *
 *   displacement.choices.query(pop, prog, …) -> URLSearchParams, or null where that is shown already
 *   displacement.choices.wanted()            the same of the controls as they stand
 */
(() => {
  'use strict';

  const { islands, page } = window.displacement;
  const MULTIPLE = '~';
  const MAP_KEYS = ['pop', 'prog_when', 'measure', 'mode', 'level', 'classes', 'flows'];

  /** The query of what is chosen, where it is not what is shown already. */
  function query(pop, prog, funder, when, measure, mode, base, level, classes, flows) {
    const { state } = page.view;
    const wanted = { pop, prog_when: when, measure, mode, level, classes, flows };
    const changed = MAP_KEYS.filter((key) => wanted[key] && wanted[key] !== String(state[key]));
    const programmes = [...prog].sort();
    const others = programmes.join() !== [...state.prog].sort().join();
    const otherBase = mode === 'change' && state.mode === 'change' && base && base !== state.base;
    const otherFunder = funder !== state.funder.join(MULTIPLE);
    if (!changed.length && !others && !otherFunder && !otherBase) return null;
    const next = page.queryOf();
    for (const key of changed) next.set(key, wanted[key]);
    if (changed.includes('level') && level !== '1') next.delete('flows'); // between governorates
    if (programmes.length) next.set('prog', programmes.join(MULTIPLE));
    else next.delete('prog');
    if (funder) next.set('funder', funder);
    else next.delete('funder');
    if (otherBase) next.set('base', base);
    if (changed.includes('pop') || (changed.includes('mode') && mode === 'level'))
      next.delete('base');
    return next;
  }

  // As callbacks/explore.py gives them.
  const CHOICES = [
    ...['population', 'programme', 'funder', 'programme-time'],
    ...['measure', 'mode', 'base-date', 'level', 'classes', 'flows'],
  ];

  /** Whether or not Dash has been told. */
  const wanted = () => query(...CHOICES.map((id) => islands.made.get(id).props.value));

  window.displacement.choices = { query, wanted };
})();
