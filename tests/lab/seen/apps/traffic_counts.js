'use strict';

// Traffic counts: a junction's detectors send what passed, and each batch becomes many small objects for a while.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const window = [];
let batches = 0;

/** One object for each vehicle of a batch, with its gap to the one before. */
function vehicles(count) {
  let before = null;
  return Array.from({ length: count }, (_, n) => {
    before = { n, lane: n % 4, speed: 30 + (n % 45), gap: { seconds: n / 3, last: before?.speed ?? 0 } };
    return before;
  });
}

function keep(batch) {
  window.push(batch);
  if (window.length > knob('window', 30)) window.shift();
}

const app = application();
app.use(express.json());

app.post('/junctions/:id/counts', (request, response) => {
  batches += 1;
  const batch = vehicles(knob('vehicles', 500));
  keep(batch);
  response.status(202).json({ batches, fastest: batch.reduce((most, { speed }) => Math.max(most, speed), 0) });
});

app.get('/junctions/:id', (request, response) => {
  response.json({ id: Number(request.params.id), vehicles: window.reduce((sum, { length }) => sum + length, 0) });
});

listen(app);
