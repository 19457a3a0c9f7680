'use strict';

// Allotment gardens: plots, their tenants, and who waits for one. A worker of a cluster that was sized for a launch day.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const plots = Array.from({ length: 320 }, (_, number) => ({
  number,
  metres: 120 + (number % 9) * 20,
  tenant: number % 13 === 0 ? null : `tenant-${number}`,
  water: number % 4 === 0,
}));
const queue = [];

const app = express();
app.use(express.json());

app.get('/health', (request, response) => response.send('ok'));

app.get('/plots', (request, response) => {
  const page = Number(request.query.page ?? 0) % 16;
  spin(knob('page_ms', 2));
  response.json(plots.slice(page * 20, page * 20 + 20));
});

app.get('/plots/free', (request, response) => {
  spin(knob('free_ms', 1));
  response.json(plots.filter(({ tenant }) => tenant === null));
});

app.post('/queue', (request, response) => {
  queue.push({ at: Date.now(), note: String(request.body.text ?? '').slice(0, 40) });
  if (queue.length > 200) queue.shift();
  response.status(201).json({ place: queue.length });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
