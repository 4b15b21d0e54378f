// Folds texts and orders places as the field of the map page does: for tests/places/test_place_search.py.
'use strict';

const path = require('node:path');
const { createInterface } = require('node:readline');

global.window = {};
for (const name of ['folding', 'page/place-search'])
  require(path.join(__dirname, '..', 'assets', 'js', `${name}.js`));
const { createFolding, matchPlaces } = window.displacement;

function answer({ letters, texts, places, typed }) {
  const { fold } = createFolding(letters);
  return {
    folded: texts.map(fold),
    matches: typed.map((text) => matchPlaces(places, fold(text)).map(({ pcode }) => pcode)),
  };
}

createInterface({ input: process.stdin }).on('line', (asked) => {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(asked)))}\n`);
});
