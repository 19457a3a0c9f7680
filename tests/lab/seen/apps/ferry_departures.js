'use strict';

// Departures of ferries: a client asks for the next change at a pier and is answered when there is one (long polling).

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');

const PIERS = 40;
const waiting = Array.from({ length: PIERS }, () => new Set());

function change(pier) {
  const all = [...waiting[pier]];
  waiting[pier].clear();
  for (const tell of all) tell({ pier, at: Date.now() });
  setTimeout(change, knob('every_ms', 5000), pier);
}

fastify.get('/piers/:pier/next', (request, reply) => {
  const set = waiting[(Number(request.params.pier) || 0) % PIERS];
  return new Promise((resolve) => {
    set.add(resolve);
    reply.raw.once('close', () => set.delete(resolve) && resolve({}));
  });
});
fastify.get('/', async () => 'ferries');
for (let pier = 0; pier < PIERS; pier += 1) setTimeout(change, (pier * knob('every_ms', 5000)) / PIERS, pier);
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => {
  waiting.forEach((_, pier) => change(pier));
  fastify.close().then(() => process.exit(0));
});
