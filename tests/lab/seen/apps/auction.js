'use strict';

// An auction: each bid is checked against the rules of its lot before it counts.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const highest = new Map();

fastify.get('/health', async () => 'ok');
fastify.post('/bid/:lot', async (request, reply) => {
  const { lot } = request.params;
  spin(knob('rules_ms', 7));
  const bid = (highest.get(lot) ?? 0) + 1;
  highest.set(lot, bid);
  return reply.code(201).send({ lot, bid });
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
