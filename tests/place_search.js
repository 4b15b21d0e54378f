// Folds texts and orders places as the field of the map page does: for tests/places/test_place_search.py.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

global.window = {};
for (const name of ['folding', 'page/place-search'])
  require(path.join(__dirname, '..', 'assets', 'js', `${name}.js`));
const { createFolding, matchPlaces } = window.displacement;

const { letters, texts, places, typed } = JSON.parse(fs.readFileSync(0, 'utf8'));
const { fold } = createFolding(letters);
process.stdout.write(
  JSON.stringify({
    folded: texts.map(fold),
    matches: typed.map((text) => matchPlaces(places, fold(text)).map(({ pcode }) => pcode)),
  }),
);
