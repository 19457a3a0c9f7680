'use strict';

// Recipes by what is in the fridge: every search scores all recipes against the ingredients that were typed.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const WORDS = ['leek', 'rice', 'egg', 'salmon', 'lemon', 'lentil', 'cream', 'beet', 'apple', 'basil', 'oats', 'thyme'];
const recipes = Array.from({ length: 600 }, (_, id) => ({
  id,
  title: `Recipe ${id}`,
  parts: WORDS.filter((_, at) => (id * 7 + at * 13) % 5 < 2),
}));

function search(wanted) {
  const found = recipes
    .map(({ id, title, parts }) => ({ id, title, score: parts.filter((part) => wanted.includes(part)).length }))
    .sort((one, other) => other.score - one.score)
    .slice(0, 20);
  spin(knob('rank_ms', 7)); // the fuzzy ranking of the steps' text
  return found;
}

const app = express();
app.get('/recipes', (request, response) => {
  const number = Number(request.query.fridge) || 0;
  response.json(search(WORDS.filter((_, at) => (number + at) % 3 === 0)));
});
app.get('/', (request, response) => response.send('recipes'));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
