'use strict';

// Wine cellar: a search that follows each key, so most are given up, and old links of bottles long drunk.

const fastify = require('fastify');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const GRAPES = ['riesling', 'syrah', 'nebbiolo', 'gamay', 'furmint'];
const bottles = Array.from({ length: 700 }, (_, id) => ({ id, grape: GRAPES[id % 5], year: 1990 + (id % 33) }));
const app = fastify();

// It waits until the next key could have been struck, so that only the last one is worth an answer.
app.get('/search', async (request) => {
  await rest(knob('debounce_ms', 300));
  const year = 1990 + (Number(request.query.q) % 33);
  return bottles.filter((bottle) => bottle.year === year).slice(0, 10);
});

app.get('/bottles/:id', async (request, reply) => {
  spin(knob('bottle_ms', 0.5));
  const bottle = bottles[Number(request.params.id)];
  return bottle ?? reply.code(404).send({ error: 'drunk' });
});

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
