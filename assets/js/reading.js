/**
 * Reads a view in words: what one area's cell says on one date. Every figure, status, class and
 * rank was made by the server; here they are only put into words, and nothing is computed but the
 * difference of two figures that are shown.
 *
 *   const reading = displacement.createReading({ strings, format });
 *   reading.cell(view, t, i) -> { name, value, status, rank, change, sentence }
 *   reading.summary(view, t) -> what the whole map shows
 */
(() => {
  'use strict';

  const SHOWN = 'cz';
  const OUTSIDE = 'o';
  const NATIONAL_ONLY = 'p';
  const NO_BREAK = '\u00a0';

  function createReading({ strings, format }) {
    const { fill } = format;
    const decimals = (view) => view.text.decimals;
    const isChange = (view) => view.state.mode === 'change';
    const sign = (view) => (['share', 'return_rate'].includes(view.state.measure) ? '%' : '');

    /** A figure of the view's measure, with its sign in change mode. */
    function figure(view, number) {
      const write = isChange(view) ? format.signed : format.number;
      return write(number, decimals(view), sign(view));
    }

    /** A change of a figure. */
    const signed = (view, by) => format.signed(by, decimals(view), sign(view));

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
      const words = by === 0 ? strings.noChange : signed(view, by);
      return fill(strings.sincePrevious, { change: words, date: format.date(view.dates[base]) });
    }

    function rank(view, t, i) {
      const place = view.ranks[t][i];
      if (!place) return '';
      const n = view.ranks[t].filter(Boolean).length;
      return fill(strings.rank, { rank: format.number(place), n: format.number(n) });
    }

    /** Whether the chosen programmes were at work there; "" without any. */
    const work = (view, t, i) => view.text.work[view.work?.[t][i]] ?? '';

    /** The unit in words, with the date compared with in change mode. */
    function unit(view) {
      if (!isChange(view)) return view.text.unit;
      return fill(strings.unitSince, { unit: view.text.unit, date: format.date(view.state.base) });
    }

    /** A figure with what it is in; the status in words where there is none. */
    function measured(view, t, i, written, join = (text) => text) {
      const status = view.status[t][i];
      if (!SHOWN.includes(status)) return written;
      const counted = strings.countedIn[view.state.measure];
      let said = written;
      if (status !== 'z' || !isChange(view))
        said = counted
          ? format.plural(counted, view.values[t][i], { n: written })
          : fill(strings.value, { value: written, unit: view.text.unit });
      if (!isChange(view)) return join(said);
      return fill(strings.valueSince, { value: join(said), date: format.date(view.state.base) });
    }

    /** The same for a narrow place: a number and its unit are never on different lines. */
    const inOneLine = (view, t, i) =>
      measured(view, t, i, value(view, t, i), (text) => text.replaceAll(' ', NO_BREAK));

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
        work: work(view, t, i),
      };
      const said = measured(view, t, i, parts.value);
      const told = [said, parts.rank, parts.change, parts.work];
      const rest = format.listed(told.filter(Boolean));
      return { ...parts, sentence: fill(strings.areaLabel, { name: parts.name, value: rest }) };
    }

    /** "Round 101", or the place among the dates where the round has no number. */
    function caption(view, t) {
      const number = view.rounds[t];
      if (number !== null) return fill(strings.round, { n: number });
      return fill(strings.unnumbered, { i: t + 1, n: view.dates.length });
    }

    /** The whole map in sentences: what it shows, how much of it is known, where there is most. */
    function summary(view, t) {
      const inside = [...view.status[t]].filter((status) => status !== OUTSIDE);
      const known = inside.filter((status) => SHOWN.includes(status));
      const counts = { n: format.number(known.length), all: format.number(inside.length) };
      const said = { title: view.text.title, headline: view.text.headline[t] };
      const most = view.top[t]?.slice(1).map((i) => view.areas[i].name) ?? [];
      return [
        fill(strings.summary, said),
        fill(strings.areasWithFigure, counts),
        most.length ? fill(strings.most, { names: format.names(most) }) : '',
        view.text.missing[t],
      ]
        .filter(Boolean)
        .join(' ');
    }

    /** Breaks in the figures that those of a date must be read with; mostly none. */
    const breaks = (view, t) => view.text.breaks.texts[view.text.breaks.on[t]];

    /** What the timeline is told of a view. */
    const rounds = (view) => ({
      dates: view.dates,
      captions: view.dates.map((_, t) => caption(view, t)),
      totals: view.stocks || view.totals,
      alone: view.status.map((letters) => letters.includes(NATIONAL_ONLY)),
      describe: (t) => view.text.headline[t],
    });

    /** An area by its name, a district with its governorate: "Sinjar, Ninewa" */
    const place = ({ name, parent }) => format.listed([name, parent].filter(Boolean));

    return {
      ...{ cell, inOneLine, place, summary, value, figure, signed },
      ...{ difference, change, rank, unit, rounds, breaks },
    };
  }

  window.displacement = window.displacement || {};
  window.displacement.createReading = createReading;
})();
