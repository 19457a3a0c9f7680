'use strict';

// Ski rental at a mountain station: what is free, and what it costs, on Fastify. Small work, no state that lasts.

const fastify = require('fastify');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const stock = Array.from({ length: 600 }, (_, id) => ({ id, cm: 130 + (id % 60), isOut: id % 7 === 0, day: 18 + (id % 9) }));

const app = fastify({ logger: false, keepAliveTimeout: 65_000 });
app.get('/health', async () => 'ok');
app.get('/skis/:height', async (request) => {
  const height = 130 + (Number(request.params.height) % 60);
  spin(knob('search_ms', 3));
  return stock.filter(({ cm, isOut }) => !isOut && Math.abs(cm - height) < 4).slice(0, 20);
});
app.post('/quotes', async (request, reply) => {
  spin(knob('quote_ms', 2));
  reply.code(201);
  return { total: 120, words: String(request.body?.text ?? '').length };
});
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
