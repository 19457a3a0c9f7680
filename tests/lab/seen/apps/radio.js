'use strict';

// What a radio station played: the pieces of a shift stay at hand with their fingerprints, until the shift ends and its
// list goes to the collecting society.

const fs = require('node:fs');
const path = require('node:path');
const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const file = path.resolve('society.json'); // in the case's own folder
let shift = [];
let number = 0;

function fingerprint() {
  return Array.from({ length: knob('marks', 2400) }, (_, i) => ({ at: i / 3, tone: (i * 31) % 4096 }));
}

function hand() {
  const list = shift.map(({ id, title }) => ({ id, title }));
  shift = [];
  fs.writeFile(file, JSON.stringify(list), (error) => error && console.error(error.message));
  setTimeout(hand, knob('shift_s', 194) * 1000);
}

const app = express();
app.post('/played', (request, response) => {
  number += 1;
  spin(0.5);
  shift.push({ id: number, title: `piece ${number % 4000}`, marks: fingerprint() });
  response.status(201).json({ id: number });
});
app.get('/now', (request, response) => response.json(shift.slice(-3).map(({ id, title }) => ({ id, title }))));
app.get('/again/:id', (request, response) => {
  spin(1);
  const tone = Number(request.params.id) % 4096;
  response.json({ count: shift.slice(-50).filter(({ marks }) => marks[tone % marks.length].tone === tone).length });
});
setTimeout(hand, knob('shift_s', 194) * 1000);
app.listen(Number(process.env.PORT), '127.0.0.1');
