/**
 * Says what the scripts of pages say, without a browser: reads lists of cases as lines of JSON from
 * standard input, and writes a line with what the modules of `assets/js` make of each.
 * `tests/pages/test_same_words.py` makes the cases and compares.
 */
'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { runInThisContext } = require('node:vm');

const SCRIPTS = ['format.js', 'reading.js', 'flows.js', 'page/panel-text.js'];

globalThis.window = globalThis;
for (const name of SCRIPTS) {
  const path = join(__dirname, '../assets/js', name);
  runInThisContext(readFileSync(path, 'utf8'), { filename: path });
}
const { createFlowText, createFormat, createPanelText, createReading, flowArrow, flowWidth } =
  globalThis.displacement;

/** Numbers, dates, lists and plurals of a language. */
function inAllWays(format, { numbers, days, lists, forms, counts }) {
  return {
    numbers: numbers.map((n) => [
      ...[0, 1].map((decimals) => format.number(n, decimals)),
      ...[format.number(n, 1, '%'), format.signed(n), format.signed(n, 1, '%')],
      ...[format.compact(n), format.compact(n, true), format.whole(n)],
    ]),
    days: days.map((day) => [format.date(day), format.date(day, 'long')]),
    lists: lists.map((list) => [format.names(list), format.listed(list)]),
    filled: format.fill('{a} – {b}', { a: 2018, b: 'x' }),
    plurals: counts.map((n) => format.plural(forms, n, { n: format.number(n) })),
  };
}

/** All that the map page says of a view on one date. */
function said({ reading, text, flows }, view, populations, t) {
  return {
    cells: view.areas.map((_, i) => reading.cell(view, t, i)),
    caption: reading.rounds(view).captions[t],
    breaks: reading.breaks(view, t),
    legend: text.legend(view).map((row) => ({ ...row, ...text.legendCount(view, t, row.at) })),
    keyFigures: text.keyFigures(view, t),
    ranking: text.ranking(view, t),
    flows: flows.words(view, t),
    flowTitle: flows.legend(view, t).title,
    arrows: flows
      .on(view, t)
      .map(({ curve, number, most }) => flowArrow(curve, flowWidth(number, most))),
    totals: populations.map((population) => text.total(population, view.dates[t])),
  };
}

function replayed({ words, numbers, view, dates, populations }) {
  const format = createFormat(words);
  if (numbers) return inAllWays(format, numbers);
  const reading = createReading({ ...words, format });
  const text = createPanelText({ ...words, format, reading });
  const flows = createFlowText({ ...words, format });
  return dates.map((t) => said({ reading, text, flows }, view, populations, t));
}

createInterface({ input: process.stdin }).on('line', (cases) => {
  process.stdout.write(`${JSON.stringify(JSON.parse(cases).map(replayed))}\n`);
});
