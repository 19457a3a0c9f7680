'use strict';

// Map tiles: each is drawn when it is asked for, and sent as an image of some 16 KB.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const image = Buffer.alloc(16 * 1024, 7);

function draw(z, x, y) {
  spin(knob('draw_ms', 7));
  const tile = Buffer.from(image);
  tile.writeUInt32BE((z * 31 + x * 17 + y) >>> 0, 0);
  return tile;
}

fastify.get('/health', async () => 'ok');
fastify.get('/tile/:z/:x/:y', async (request, reply) => {
  const { z, x, y } = request.params;
  return reply.type('image/png').send(draw(Number(z), Number(x), Number(y)));
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
