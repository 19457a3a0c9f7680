'use strict';

// A perfumer's laboratory: formulas are worked out once and kept, the least recently used one making room for the next.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const NOTES = ['bergamot', 'iris', 'vetiver', 'cedar', 'amber', 'musk', 'neroli', 'oakmoss', 'tonka', 'labdanum'];
const kept = new Map();

/** How the vapour of each note fades, hour by hour. */
function formula(number) {
  spin(1.5);
  return NOTES.map((note, i) => ({
    note,
    share: ((number * (i + 3)) % 17) / 17,
    fades: Array.from({ length: 72 }, (_, hour) => ({ hour, left: Math.exp((-hour * (i + 1)) / 20), number })),
  }));
}

function recall(number) {
  let found = kept.get(number);
  if (found) kept.delete(number);
  else found = formula(number);
  kept.set(number, found);
  if (kept.size > knob('entries', 2500)) kept.delete(kept.keys().next().value);
  return found;
}

const app = express();
app.get('/health', (request, response) => response.send('ok'));
app.get('/formulas/:number', (request, response) => {
  const found = recall(Number(request.params.number));
  response.json(found.map(({ note, share, fades }) => ({ note, share, after: fades[24].left })));
});
app.get('/notes', (request, response) => response.json(NOTES));
app.listen(Number(process.env.PORT), '127.0.0.1');
