'use strict';

// Customs declarations: each line is classified by the tariff, and duty is worked out for it.

const fastify = require('fastify')({ bodyLimit: 1 << 20 });
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const TARIFF = Array.from({ length: 900 }, (_, n) => ({
  code: `${1000 + n * 7}`,
  duty: (n % 23) / 100,
  word: `ware${n % 120}`,
}));
const declared = new Map();
let number = 0;

function classify(text) {
  spin(knob('line_ms', 6));
  const hits = TARIFF.filter(({ word }) => text.includes(word)).slice(0, 5);
  return hits.length > 0 ? hits : TARIFF.slice(0, 2);
}

fastify.get('/health', async () => 'ok');
fastify.post('/declarations', async (request, reply) => {
  number += 1;
  const codes = classify(String(request.body?.text ?? ''));
  const duty = codes.reduce((sum, { duty: rate }) => sum + rate * 1200, 0);
  declared.set(number % 500, { number, codes: codes.map(({ code }) => code), duty });
  return reply.code(201).send({ number, duty });
});
fastify.get('/declarations/:number', async (request) => {
  return declared.get(Number(request.params.number) % 500) ?? { state: 'unknown' };
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
