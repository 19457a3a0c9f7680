'use strict';

// Toll gate: passes with a small picture of the plate are kept in memory until they are settled, some times a day.

const crypto = require('node:crypto');
const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const CLASSES = { car: 240, van: 410, lorry: 1190 };
const LINES = 100;
let ledger = [];
let settled = { passes: 0, cents: 0, digest: '' };

const app = express();
app.use(express.json());

app.get('/health', (request, response) => response.send('ok'));

app.post('/passes', (request, response) => {
  spin(knob('pass_ms', 0.5));
  const kind = Object.keys(CLASSES)[ledger.length % 3];
  const plate = crypto.randomBytes(knob('picture_bytes', 9000)).toString('base64');
  ledger.push({ at: Date.now(), kind, cents: CLASSES[kind], plate });
  response.status(201).json({ kind, cents: CLASSES[kind] });
});

app.get('/ledger', (request, response) => response.json({ open: ledger.length, settled }));

function line(pass) {
  return JSON.stringify({ ...pass, lane: pass.at % 6 });
}

/** Hands the passes over to the clearing house, some lines at a time, and starts a new ledger. */
function settle() {
  const passes = ledger;
  ledger = [];
  const hash = crypto.createHash('sha256');
  let next = 0;
  const step = () => {
    for (const pass of passes.slice(next, next + LINES)) hash.update(line(pass));
    next += LINES;
    if (next < passes.length) return setTimeout(step, 20);
    const cents = passes.reduce((sum, pass) => sum + pass.cents, 0);
    settled = { passes: passes.length, cents, digest: hash.digest('hex') };
    return undefined;
  };
  step();
}

setInterval(settle, knob('settle_s', 430) * 1000);
app.listen(Number(process.env.PORT), '127.0.0.1');
