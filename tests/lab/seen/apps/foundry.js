'use strict';

// Foundry: castings and their melts, on a machine that it shares with the solver of the moulds (foundry_solver.js).

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const ALLOYS = ['bronze', 'brass', 'iron'];
const melts = Array.from({ length: 50 }, (_, id) => ({ id, alloy: ALLOYS[id % 3], degrees: 1100 + id }));
const castings = new Map();

const app = express();
app.use(express.json());

app.get('/melts/:id', (request, response) => {
  spin(knob('melt_ms', 2));
  response.json(melts[Number(request.params.id) % melts.length]);
});

app.post('/castings/:id', (request, response) => {
  const id = Number(request.params.id);
  spin(knob('casting_ms', 4));
  castings.set(id, { id, at: Date.now(), note: String(request.body.text ?? '').slice(0, 60) });
  response.status(201).json({ id, melt: melts[id % melts.length].alloy });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
