'use strict';

// An agency for nannies: families ask who is free. It leaves in order: what has begun is answered first.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const nannies = Array.from({ length: 90 }, (_, id) => ({
  id,
  town: id % 12,
  evenings: id % 5,
  since: 2010 + (id % 14),
}));
let isLeaving = false;

const app = express();
app.use((request, response, next) => {
  if (isLeaving) response.set('connection', 'close');
  next();
});
app.get('/health', (request, response) => response.status(isLeaving ? 503 : 200).send('ok'));
app.get('/free/:n', async (request, response) => {
  spin(1);
  await rest(knob('ask_ms', 400) * (0.5 + Math.random()));
  if (isLeaving) response.set('connection', 'close');
  response.json(nannies.filter(({ town }) => town === Number(request.params.n) % 12));
});
const server = app.listen(Number(process.env.PORT), '127.0.0.1');

process.on('SIGTERM', () => {
  isLeaving = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
