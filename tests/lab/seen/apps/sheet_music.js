'use strict';

// Sheet music for orchestras: pages are read from the library's network storage, which takes its time for each file.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { storage } = require('../../apps/lib/storage');

const read = storage(knob('mount_ms', 300));
const works = Array.from({ length: 200 }, (_, id) => ({ id, title: `Opus ${id}`, pages: 4 + (id % 9) }));

fastify.get('/works', async () => works.slice(0, 20));
fastify.get('/works/:id/pages/:page', async (request) => {
  await read();
  return { work: Number(request.params.id), page: Number(request.params.page), staves: 12 };
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => fastify.close().then(() => process.exit(0)));
