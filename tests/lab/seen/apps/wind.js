'use strict';

// A wind farm: the yield of the next hours is computed in a thread, over and over, and the control room looks at it.

const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

if (isMainThread) serve();
else {
  parentPort.on('message', ({ step, ms }) => {
    spin(ms);
    parentPort.postMessage({ step, megawatts: Array.from({ length: 48 }, (_, hour) => (hour * step) % 60) });
  });
}

function serve() {
  const fastify = require('fastify')();
  const thread = new Worker(__filename);
  let forecast = { step: 0, megawatts: [] };
  let isComputing = false;
  thread.on('message', (message) => {
    forecast = message;
    isComputing = false;
  });
  setInterval(() => {
    if (isComputing) return;
    isComputing = true;
    thread.postMessage({ step: forecast.step + 1, ms: knob('step_ms', 400) });
  }, 500);
  fastify.get('/forecast', async () => forecast);
  fastify.get('/turbines/:id', async (request) => {
    spin(0.8);
    return { id: request.params.id, turns: 12 + (Number(request.params.id) % 5), step: forecast.step };
  });
  fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
}
