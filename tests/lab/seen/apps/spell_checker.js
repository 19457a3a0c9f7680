'use strict';

// Spelling for editors in the browser and in companies: paragraphs come in, words that are not known go out.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const known = new Set(Array.from({ length: 20000 }, (_, n) => (n * 7919).toString(36)));

fastify.get('/spelling', async (request) => {
  const start = Number(request.query.paragraph) || 0;
  const words = Array.from({ length: 80 }, (_, n) => (start * 31 + n * 977).toString(36));
  const unknown = words.filter((word) => !known.has(word));
  spin(knob('suggest_ms', 6)); // suggestions by distance of letters
  return { unknown: unknown.slice(0, 10) };
});
fastify.get('/', async () => 'spelling');
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => fastify.close().then(() => process.exit(0)));
