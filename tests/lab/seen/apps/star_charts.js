'use strict';

// Charts of the night sky: a chart that was computed is kept, up to a number of them; the oldest goes first.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');

const charts = new Map();

function compute(place) {
  return Array.from({ length: knob('stars', 500) }, (_, n) => ({ n, height: (n * place) / 7, angle: n / 3 }));
}

function chart(place) {
  const kept = charts.get(place);
  if (kept) return kept;
  const made = compute(place);
  charts.set(place, made);
  if (charts.size > knob('most', 1500)) charts.delete(charts.keys().next().value);
  return made;
}

const app = express();
app.get('/charts/:place', (request, response) => {
  const stars = chart(Number(request.params.place) || 0);
  response.json({ stars: stars.length, brightest: stars.slice(0, 5) });
});
app.get('/', (request, response) => response.send('stars'));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
