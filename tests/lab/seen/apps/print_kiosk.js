'use strict';

// Kiosks that print postcards: an order is laid out, sent to the printer's queue and confirmed once the queue has it.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const journal = [];

/** Hands what was noted to the log's collector. */
async function flush() {
  journal.length = 0;
  await rest(20);
}

fastify.post('/orders', async (request) => {
  spin(knob('layout_ms', 1));
  await rest(knob('queue_ms', 1200));
  journal.push({ at: Date.now(), size: request.body?.text?.length ?? 0 });
  return { isPrinted: true };
});
fastify.get('/', async () => 'kiosk');
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });

process.on('SIGTERM', async () => {
  await flush();
  process.exit(0);
});
