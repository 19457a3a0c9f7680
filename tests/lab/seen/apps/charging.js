'use strict';

// Charging points for electric cars: a car is let in once the grid's operator has said yes, most of a second later.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const points = Array.from({ length: 400 }, (_, id) => ({ id, kilowatts: 0 }));
let leaves = false;

const app = express();
app.use((request, response, next) => {
  if (leaves) response.set('connection', 'close');
  next();
});
app.post('/points/:id/start', async (request, response) => {
  spin(0.5);
  await rest(knob('grid_ms', 600) * (0.8 + Math.random() * 0.4));
  const point = points[Number(request.params.id) % points.length];
  point.kilowatts = 11;
  if (leaves) response.set('connection', 'close');
  response.status(201).json(point);
});
app.get('/points/:id', (request, response) => response.json(points[Number(request.params.id) % points.length]));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');

// For a moment, cars on their way still find it; each is told to come back to another copy.
process.on('SIGTERM', () => {
  leaves = true;
  setTimeout(() => server.close(() => process.exit(0)), 1500);
});
