'use strict';

// Replays of football matches: frames are made anew for each viewer, kept until they were sent, and dropped.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { rest } = require('../../apps/lib/work');

function frames(match) {
  return Array.from({ length: knob('frames', 120) }, (_, at) => ({
    at,
    ball: { x: (at * 3 + match) % 105, y: (at * 5) % 68 },
    players: Array.from({ length: 22 }, (_, id) => ({ id, x: (id * at) % 105, y: (id + at) % 68 })),
  }));
}

fastify.get('/matches/:match/replay', async (request) => {
  const all = frames(Number(request.params.match) || 0);
  await rest(knob('buffer_ms', 200)); // until the viewer's player has filled its buffer
  return { count: all.length, last: all.filter(({ ball }) => ball.x > 90).slice(-5) };
});
fastify.get('/', async () => 'replays');
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => fastify.close().then(() => process.exit(0)));
