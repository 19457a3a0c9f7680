'use strict';

// An acoustician: audiograms lie as files on a store in the network, and devices are fitted by them.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { storage } = require('../../apps/lib/storage');
const { spin } = require('../../apps/lib/work');

const FREQUENCIES = [250, 500, 1000, 2000, 4000, 8000];
const read = storage(knob('store_ms', 300));

function gain(client) {
  spin(0.3);
  return FREQUENCIES.map((hertz, i) => ({ hertz, decibel: 10 + ((client * (i + 3)) % 45) }));
}

fastify.get('/health', async () => 'ok');
fastify.get('/clients/:id', async (request) => ({ id: request.params.id, next: 'in May', ear: 'both' }));
fastify.get('/audiograms/:id', async (request) => {
  await read();
  return { client: request.params.id, gain: gain(Number(request.params.id)) };
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
