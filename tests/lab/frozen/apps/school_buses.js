'use strict';

// Where the school buses are. A parent's telephone asks, and is answered when the bus reaches its next stop: a long
// poll, of some ten seconds, which waits for nothing but the bus.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');

const BUSES = 30;
const buses = Array.from({ length: BUSES }, (_, id) => ({ id, stop: 0, waiting: new Set() }));

function arrive(bus) {
  bus.stop += 1;
  for (const response of bus.waiting) response.json({ bus: bus.id, stop: bus.stop });
  bus.waiting.clear();
}

let turn = 0;
setInterval(() => {
  arrive(buses[turn % BUSES]);
  turn += 1;
}, (knob('round_s', 14) * 1000) / BUSES);

const app = express();
app.disable('x-powered-by');
app.get('/health', (request, response) => response.send('ok'));
app.get('/stops', (request, response) => response.json(buses.map(({ id, stop }) => ({ id, stop }))));
app.get('/buses/:id/next', (request, response) => {
  const bus = buses[Number(request.params.id) % BUSES];
  bus.waiting.add(response);
  response.on('close', () => bus.waiting.delete(response));
});
app.listen(Number(process.env.PORT), '127.0.0.1').keepAliveTimeout = 65_000;
