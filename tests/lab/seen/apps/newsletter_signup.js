'use strict';

// Sign-up forms for newsletters: an address is checked on the server before it is put on a list.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

// Dots, dashes and underscores between the parts of the name, as the form's help text promises.
const ADDRESS = /^([a-z0-9]+[._-]?)+@([a-z0-9]+\.)+[a-z]{2,}$/;
const lists = new Map();

fastify.get('/lists/:list/check', async (request, reply) => {
  const address = String(request.query.address ?? '').toLowerCase();
  if (!ADDRESS.test(address)) return reply.code(422).send({ error: 'no valid address' });
  return { address, isKnown: lists.get(request.params.list)?.has(address) ?? false };
});
fastify.get('/lists/:list', async (request) => {
  spin(knob('page_ms', 1));
  return { list: request.params.list, members: lists.get(request.params.list)?.size ?? 0 };
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => fastify.close().then(() => process.exit(0)));
