'use strict';

// What is to be cleaned next: each maid's tablet asks for a room, and the booking system knows whether its guests left.

const fastify = require('fastify')();
const { Pool } = require('undici');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const booking = new Pool(process.env.BOOKING, { connections: knob('connections', 64) });
const cleaned = new Map();
let floors = [];

fastify.get('/rooms/:id', async (request) => {
  const { id } = request.params;
  const { body } = await booking.request({ path: `/rooms/${id}`, method: 'GET' });
  const room = await body.json();
  spin(0.7);
  return { ...room, cleaned: cleaned.get(id) ?? null };
});
fastify.post('/rooms/:id/cleaned', async (request, reply) => {
  cleaned.set(request.params.id, Date.now());
  return reply.code(204).send();
});
fastify.get('/floors', async () => floors);
setInterval(() => {
  const count = (floor) => [...cleaned.keys()].filter((id) => id.startsWith(`${floor}`)).length;
  floors = [1, 2, 3, 4].map((floor) => ({ floor, cleaned: count(floor) }));
}, 3000);
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
