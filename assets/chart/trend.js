/**
 * The trend of an area: a line for each population. It comes with Plotly (layouts/bundle.py), when
 * the first is opened.
 *
 *   await displacement.drawTrend(root, { lines, layout }, format);
 *
 * `lines` are those of the API, `layout` is of layouts/plotly_figures.py.
 */
(() => {
  'use strict';

  const YEAR_PX = 44; // of a year's label and the room beside it
  const FEW_DATES = 10; // which are no line

  /** Round numbers from 0 up to `most`, at most four of them, for the lines of a chart. */
  function steps(most) {
    const power = 10 ** Math.floor(Math.log10(Math.max(most, 1) / 4));
    const step = [1, 2, 5, 10].map((by) => by * power).find((size) => size * 4 > most) ?? most;
    return [0, 1, 2, 3, 4].map((i) => i * step).filter((value) => value <= most);
  }

  /** First of January of as many years as there is room for, the last ones surely among them. */
  function years(dates, room) {
    const all = dates.map((iso) => Number(iso.slice(0, 4)));
    const [first, last] = [Math.min(...all) + 1, Math.max(...all)];
    const most = Math.max(1, Math.floor(room / YEAR_PX));
    const step = [1, 2, 5, 10].find((n) => (last - first) / n < most) ?? 20;
    const listed = [];
    for (let year = last; year >= first; year -= step) listed.unshift(year);
    return listed;
  }

  const styles = getComputedStyle(document.documentElement);
  const token = (name) => styles.getPropertyValue(name).trim();

  const trace = ({ population, label, dates, people }) => ({
    type: 'scatter',
    mode: dates.length > FEW_DATES ? 'lines' : 'markers',
    name: label,
    x: dates,
    y: people,
    connectgaps: false,
    line: { color: token(`--trend-${population}`), width: 2, dash: token(`--dash-${population}`) },
    marker: { color: token(`--trend-${population}`), size: 8 },
    hovertemplate: '%{y:,}',
  });

  /** Time runs as the language is read, as on the timeline. */
  function laidOut(layout, lines, width, format) {
    const rtl = document.dir === 'rtl';
    const { l: start, r: end, ...margin } = layout.margin;
    const tickvals = steps(Math.max(...lines.flatMap(({ people }) => people)));
    const shownYears = years(
      lines.flatMap(({ dates }) => dates),
      width - start - end,
    );
    return {
      ...layout,
      margin: { ...margin, l: rtl ? end : start, r: rtl ? 1.6 * start : end }, // millions are a word there
      font: { color: token('--mute'), size: 12, family: 'inherit' },
      xaxis: {
        ...layout.xaxis,
        autorange: rtl ? 'reversed' : true,
        tickangle: 0,
        tickvals: shownYears.map((year) => `${year}-01-01`),
        ticktext: shownYears.map(format.whole),
      },
      yaxis: {
        ...layout.yaxis,
        gridcolor: token('--line'),
        side: rtl ? 'right' : 'left',
        tickvals,
        // Plotly's letters run from left to right: what is isolated goes its own way.
        ticktext: tickvals.map((n) => format.fill('{n}', { n: format.compact(n) })),
      },
      hoverlabel: { bgcolor: token('--card'), font: { color: token('--ink') } },
    };
  }

  window.displacement.drawTrend = (root, { lines, layout }, format) =>
    window.Plotly.react(
      root,
      lines.map(trace),
      laidOut(layout, lines, root.clientWidth, format),
      { displayModeBar: false, responsive: true },
    );
})();
