/**
 * What the panels around the map say of a view on one date, without drawing any of it. Python says
 * the same in `geodata/text` and `layouts/explore.py`; `tests/pages/test_same_words.py` compares the two,
 * and runs this without a browser.
 *
 *   const text = displacement.createPanelText({ strings, format, reading });
 *   text.keyFigures(view, t) -> [{ number, label, exact }, …]
 *   text.legend(view) -> [{ kind, label, at }, …]; text.legendCount(view, t, at) -> { count, said }
 *   text.ranking(view, t) -> [{ i, value, status, bar, fewer }, …]
 *   text.total(population, iso) -> of a population of `meta.json`, up to a date
 */
(() => {
  'use strict';

  const UNCOLOURED = 'znsoxp';
  const SHOWN = 'cz';
  const OUTSIDE = 'o';
  const WORK = 'dtu'; // of programmes: at work on the date, at another time, date not known
  const NONE = '–';
  const ALMOST_NONE = 1e-9; // what bars are drawn against where there is nothing
  const FEW_DATES = 10; // so few are counted, where a total would not be of the date

  function createPanelText({ strings, format, reading }) {
    const { fill } = format;
    const isChange = (view) => view.state.mode === 'change';

    // ---- legend

    /** Classes from most to least, then statuses and programmes' work that occur on any date. */
    function legend(view) {
      const n = view.scale.colors.length;
      const always = isChange(view) ? 'zx' : 'zn';
      const placeOf = (letter) => n + (UNCOLOURED + WORK).indexOf(letter);
      const occurs = (letter) => view.tallies.some((tally) => tally[placeOf(letter)]);
      const classes = view.scale.labels.map((label, k) => ({ kind: `k${k}`, label, at: k }));
      const statuses = [...UNCOLOURED]
        .filter((letter) => always.includes(letter) || occurs(letter))
        .map((letter) => ({
          kind: letter,
          label: view.text.statuses[letter],
          at: placeOf(letter),
        }));
      const works = [...WORK].filter(occurs).map((letter) => ({
        kind: `work-${letter}`,
        label: view.text.workLabels[letter],
        at: placeOf(letter),
      }));
      return [...classes.reverse(), ...statuses, ...works];
    }

    /** How many areas a row of the legend has, alone and in words; "" where it has none. */
    function legendCount(view, t, at) {
      const n = view.tallies[t][at];
      if (!n) return { count: '', said: '' };
      const count = format.number(n);
      return { count, said: format.plural(strings.legendCount, n, { n: count }) };
    }

    // ---- key figures

    const keyFigure = (number, label, exact = '') => ({ number, label, exact });

    // Measures of which the country has a figure of its own, no sum.
    const isRatio = (view) => ['rate', 'return_rate'].includes(view.state.measure);
    const totalSign = (view) => (view.state.measure === 'return_rate' ? '%' : '');

    function total(view, t) {
      const value = view.totals[t];
      const [population, whom] = view.text.there;
      if (value === null) return keyFigure(NONE, fill(strings.nowhereKnown, { population }));
      const ratio = isRatio(view);
      const write = isChange(view) ? format.signed : format.number;
      const exact = write(value, Number(ratio), totalSign(view));
      const written = ratio ? exact : format.compact(value, isChange(view));
      const since = () =>
        fill(strings.valueSince, { value: whom, date: format.date(view.state.base) });
      return keyFigure(written, isChange(view) ? since() : whom, exact);
    }

    /** Whether totals of two dates are of the same areas: programmes may have worked in others. */
    const sameAreas = ({ status }, t, other) =>
      [...status[t]].every((letter, i) => (letter === OUTSIDE) === (status[other][i] === OUTSIDE));

    function change(view, t) {
      const [now, then] = [view.totals[t] ?? null, view.totals[t - 1] ?? null];
      if (now === null || then === null) return keyFigure(NONE, strings.firstRound);
      if (!sameAreas(view, t, t - 1)) return keyFigure(NONE, strings.otherAreas);
      const by = now - then; // of the figures that are shown, as the server does
      const decimals = by && isRatio(view) ? 1 : 0;
      const date = format.date(view.dates[t - 1]);
      return keyFigure(
        format.signed(by, decimals, totalSign(view)),
        fill(strings.previousRound, { date }),
      );
    }

    /** With a programme: its part of the country. Else: how much the three largest areas hold. */
    function top(view, t) {
      const part = view.text.parts[t];
      if (view.shares?.[t] != null) return keyFigure(part, strings.shareOfCountry);
      if (!view.top.length) return extreme(view, t);
      const [, ...largest] = view.top[t];
      if (!part) return keyFigure(NONE, strings.noFigure);
      const names = format.listed(largest.map((i) => view.areas[i].name));
      return keyFigure(part, fill(strings.topIn, { names }));
    }

    /** Where shares say nothing (rates, changes): the area with the most, or the largest change. */
    function extreme(view, t) {
      const size = (i) => Math.abs(view.values[t][i] ?? 0);
      const most = view.areas.reduce((best, _, i) => (size(i) > size(best) ? i : best), 0);
      if (!size(most)) return keyFigure(NONE, strings.noFigure);
      const { name } = view.areas[most];
      const template = isChange(view) ? strings.largestChange : strings.highest;
      return keyFigure(reading.figure(view, view.values[t][most]), fill(template, { name }));
    }

    function gaps(view, t) {
      const inside = [...view.status[t]].filter((letter) => letter !== OUTSIDE);
      const without = inside.filter((letter) => !SHOWN.includes(letter)).length;
      const all = { n: format.number(inside.length) };
      const label = format.plural(strings.notAssessedAreas, inside.length, all);
      return keyFigure(format.number(without), label);
    }

    // ---- ranking

    /** Areas in the programmes' reach, largest first, with a bar each in per cent of the largest. */
    function ranking(view, t) {
      const sizes = view.values[t].map((value) => Math.abs(value ?? 0));
      const most = Math.max(...sizes, ALMOST_NONE);
      const place = (i) => view.ranks[t][i] || Number.POSITIVE_INFINITY;
      return view.areas
        .map((_, i) => i)
        .filter((i) => view.status[t][i] !== OUTSIDE)
        .sort((a, b) => place(a) - place(b) || a - b)
        .map((i) => ({
          i,
          value: reading.value(view, t, i),
          status: view.status[t][i],
          bar: (100 * sizes[i]) / most,
          fewer: (view.values[t][i] ?? 0) < 0,
        }));
    }

    // ---- populations to choose from

    function populationTotal({ dates, totals }, iso) {
      if (dates.length < FEW_DATES)
        return format.plural(strings.dates, dates.length, { n: format.number(dates.length) });
      const value = totals[dates.findLastIndex((date) => date <= iso)];
      return value == null ? '' : format.compact(value);
    }

    return {
      ...{ legend, legendCount, ranking },
      keyFigures: (view, t) => [total, change, top, gaps].map((figure) => figure(view, t)),
      total: populationTotal,
    };
  }

  window.displacement = window.displacement || {};
  window.displacement.createPanelText = createPanelText;
})();
