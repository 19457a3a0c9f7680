'use strict';

// Excavation: finds and layers, and a thread of its own that fits the photographs together, all day and at leisure.

const express = require('express');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const TICK_MS = 100;

/** Matches photographs for the larger part of each tick; what is left of it is for others. */
function fit(share) {
  const until = performance.now() + TICK_MS * share;
  let matched = 0;
  while (performance.now() < until) matched += Math.sqrt(matched + 1) > 0 ? 1 : 0;
  setTimeout(fit, TICK_MS * (1 - share), share);
  return matched;
}

function serve() {
  const fitting = new Worker(__filename);
  fitting.postMessage(knob('share', 0.85));
  const kinds = ['sherd', 'bone', 'coin'];
  const finds = Array.from({ length: 250 }, (_, id) => ({ id, layer: id % 12, kind: kinds[id % 3] }));
  const app = express();
  app.get('/finds/:id', (request, response) => {
    spin(knob('find_ms', 1));
    response.json(finds[Number(request.params.id) % finds.length]);
  });
  app.get('/layers/:id', (request, response) => {
    response.json(finds.filter(({ layer }) => layer === Number(request.params.id) % 12));
  });
  app.listen(Number(process.env.PORT), '127.0.0.1');
}

if (isMainThread) serve();
else parentPort.on('message', fit);
