'use strict';

// A removal firm: an offer needs a route, a van and a crew, which takes a moment.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const VANS = Array.from({ length: 14 }, (_, id) => ({ id, cubic: 12 + (id % 4) * 6, days: new Set() }));

async function offer(number) {
  spin(1);
  await rest(knob('route_ms', 900) * (0.6 + Math.random() * 0.8));
  const van = VANS[number % VANS.length];
  van.days.add(number % 30);
  return { van: van.id, cubic: van.cubic, day: number % 30, price: 400 + (number % 900) };
}

const app = express();
app.get('/health', (request, response) => response.send('ok'));
app.get('/vans', (request, response) => response.json(VANS.map(({ id, days }) => ({ id, busy: days.size }))));
app.post('/offers/:number', async (request, response) => response.json(await offer(Number(request.params.number))));
app.listen(Number(process.env.PORT), '127.0.0.1');
