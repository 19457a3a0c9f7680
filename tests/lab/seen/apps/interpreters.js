'use strict';

// Interpreters for hospitals and police: who speaks a language, is awake, and may be called now.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const LANGUAGES = ['Tigrinya', 'Dari', 'Kurdish', 'Polish', 'Tamil', 'Somali', 'Turkish', 'Arabic'];
const people = Array.from({ length: 600 }, (_, id) => ({ id, speaks: LANGUAGES[id % 8], from: id % 24, calls: 0 }));

function rank(language, hour) {
  spin(knob('rank_ms', 6));
  return people
    .filter(({ speaks }) => speaks === language)
    .sort((a, b) => Math.abs(a.from - hour) - Math.abs(b.from - hour) || a.calls - b.calls)
    .slice(0, 5);
}

fastify.get('/health', async () => 'ok');
fastify.get('/call/:n', async (request) => {
  const n = Number(request.params.n);
  const found = rank(LANGUAGES[n % 8], n % 24);
  found[0].calls += 1;
  return found;
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
