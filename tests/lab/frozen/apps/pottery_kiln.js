'use strict';

// Firing curves of a pottery's kilns. Each curve lies on the workshop's network drive, whose reads hold a thread each;
// orders and glazes are kept in memory.

const fastify = require('fastify');
const fs = require('node:fs');
const { knob } = require('../../apps/lib/knobs');
const { storage } = require('../../apps/lib/storage');
const { spin } = require('../../apps/lib/work');

const drive = storage(knob('drive_ms', 120));
const glazes = ['celadon', 'shino', 'tenmoku', 'ash', 'cobalt'];
const orders = new Map();

const app = fastify({ logger: false, keepAliveTimeout: 65_000 });
app.get('/health', async () => 'ok');
app.get('/glazes/:n', async (request) => {
  spin(knob('glaze_ms', 0.4));
  return { glaze: glazes[Number(request.params.n) % glazes.length], orders: orders.size };
});
app.post('/orders/:n', async (request, reply) => {
  orders.set(Number(request.params.n) % 500, { at: Date.now() });
  reply.code(201);
  return { accepted: true };
});
app.get('/curves/:n', async (request) => {
  await drive();
  const { size } = await fs.promises.stat(__filename);
  return { kiln: Number(request.params.n) % 6, points: [20, 120, 573, 1000, 1240], size };
});
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
