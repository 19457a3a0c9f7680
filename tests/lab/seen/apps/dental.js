'use strict';

// A dentist's archive of scans: patients are in memory, scans lie on a shared storage of the clinic.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { storage } = require('../../apps/lib/storage');
const { spin } = require('../../apps/lib/work');

const read = storage(knob('slow_ms', 460));
const patients = Array.from({ length: 300 }, (_, id) => ({ id, name: `patient ${id}`, teeth: 32 - (id % 5) }));

fastify.get('/patients', async (request) => patients.slice(0, Number(request.query.first) % 30));
fastify.get('/patients/:id', async (request) => {
  spin(0.3);
  return patients[Number(request.params.id) % patients.length];
});
fastify.get('/scans/:id', async (request) => {
  await read();
  return { id: request.params.id, slices: 64, at: '2024-02-11' };
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
