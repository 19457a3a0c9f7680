'use strict';

// Campsite: pitches, who stands on them, and what a stay costs. Its balancer sends a guest always to the same copy.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const pitches = Array.from({ length: 140 }, (_, number) => ({ number, shade: number % 3, power: number % 2 === 0 }));
const stays = new Map();

const app = express();
app.use(express.json());

app.get('/pitches/:number/price', (request, response) => {
  const pitch = pitches[Number(request.params.number) % pitches.length];
  spin(knob('price_ms', 6));
  response.json({ ...pitch, cents: 1900 + pitch.shade * 250 + (pitch.power ? 480 : 0) });
});

app.post('/stays', (request, response) => {
  const number = stays.size % pitches.length;
  stays.set(number, { number, at: Date.now() });
  response.status(201).json({ number });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
