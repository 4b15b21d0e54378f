/**
 * Reads a view in words: what one area's cell says on one date. Every figure, status, class and
 * rank was made by the server; here they are only put into words, and nothing is computed but the
 * difference of two figures that are shown.
 *
 *   const reading = displacement.createReading({ strings, format });
 *   reading.cell(view, t, i) -> { name, value, status, rank, change, sentence }
 */
(() => {
  'use strict';

  const SHOWN = 'cz';

  function createReading({ strings, format }) {
    const { fill } = format;
    const decimals = (view) => view.text.decimals;
    const isChange = (view) => view.state.mode === 'change';
    const sign = (view) => (view.state.measure === 'share' ? '%' : '');

    /** A figure of the view's measure, with its sign in change mode. */
    function figure(view, number) {
      const write = isChange(view) ? format.signed : format.number;
      return write(number, decimals(view)) + sign(view);
    }

    /** The cell's figure, or the status in words where it has none. */
    function value(view, t, i) {
      const status = view.status[t][i];
      if (!SHOWN.includes(status)) return view.text.statuses[status];
      return status === 'z' && isChange(view) ? strings.noChange : figure(view, view.values[t][i]);
    }

    /** Difference of the cell's figures on two dates; null where either is not shown. */
    function difference(view, t, base, i) {
      const now = view.values[t]?.[i];
      const then = view.values[base]?.[i];
      return now == null || then == null ? null : now - then;
    }

    /** "+390 since 1 May 2017", or "" where there is nothing to compare with. */
    function change(view, t, base, i) {
      if (isChange(view)) return '';
      const by = difference(view, t, base, i);
      if (by === null) return '';
      const words = by === 0 ? strings.noChange : format.signed(by, decimals(view)) + sign(view);
      return fill(strings.sincePrevious, { change: words, date: format.date(view.dates[base]) });
    }

    function rank(view, t, i) {
      const place = view.ranks[t][i];
      if (!place) return '';
      const n = view.ranks[t].filter(Boolean).length;
      return fill(strings.rank, { rank: format.number(place), n: format.number(n) });
    }

    /** The unit in words, with the date compared with in change mode. */
    function unit(view) {
      if (!isChange(view)) return view.text.unit;
      const date = format.date(view.state.base);
      return `${view.text.unit}, ${fill(strings.comparedWith, { date })}`;
    }

    function cell(view, t, i) {
      const shown = SHOWN.includes(view.status[t][i]);
      const parts = {
        name: view.areas[i].name,
        parent: view.areas[i].parentName || '',
        status: view.status[t][i],
        shown,
        value: value(view, t, i),
        unit: shown ? unit(view) : '',
        rank: rank(view, t, i),
        change: change(view, t, t - 1, i),
      };
      const said = shown
        ? fill(strings.value, { value: parts.value, unit: parts.unit })
        : parts.value;
      const rest = [said, parts.rank, parts.change].filter(Boolean).join(', ');
      return { ...parts, sentence: fill(strings.areaLabel, { name: parts.name, value: rest }) };
    }

    /** "Round 101", or the place among the dates where the round has no number. */
    function caption(view, t) {
      const number = view.rounds[t];
      if (number !== null) return fill(strings.round, { n: number });
      return fill(strings.unnumbered, { i: t + 1, n: view.dates.length });
    }

    /** What the timeline is told of a view. */
    const rounds = (view) => ({
      dates: view.dates,
      captions: view.dates.map((_, t) => caption(view, t)),
      totals: view.stocks || view.totals,
      describe: (t) => view.text.headline[t],
    });

    return { cell, value, figure, difference, change, rank, unit, rounds };
  }

  window.displacement = window.displacement || {};
  window.displacement.createReading = createReading;
})();
