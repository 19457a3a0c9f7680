'use strict';

// Rehearsals of choirs: rooms are asked for, and the caretaker answers within two seconds. The programme booklet is set
// synchronously. Nothing is said about SIGTERM, so Node.js ends at once, whatever is still open.

const fastify = require('fastify');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const rooms = ['nave', 'crypt', 'hall', 'attic'];
const bookings = [];

const app = fastify({ logger: false, keepAliveTimeout: 65_000 });
app.get('/health', async () => 'ok');
app.get('/rooms', async () => rooms);
app.post('/bookings/:choir', async (request, reply) => {
  spin(knob('check_ms', 0.5));
  await rest(knob('caretaker_ms', 2000));
  bookings.push({ choir: Number(request.params.choir), room: rooms[bookings.length % rooms.length] });
  if (bookings.length > 200) bookings.shift();
  reply.code(201);
  return bookings.at(-1);
});
app.get('/booklets/:choir', async (request) => {
  spin(knob('booklet_ms', 450));
  return { choir: Number(request.params.choir), pages: 24 };
});
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
