'use strict';

// Ice rink: skaters hold a slot on the ice, look at the plan of the day and confirm. Holds are kept by their token.

const { randomUUID } = require('node:crypto');
const fastify = require('fastify');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const CELLS = 24 * 12;
const holds = new Map();
const confirmed = [];
let bookings = 0;

/** The occupation of the ice as the skater saw it: what a confirmation is compared with. */
function snapshot(day) {
  return Array.from({ length: knob('cells', CELLS) }, (_, cell) => ({ cell, day, free: (cell * 7 + day) % 11 > 0 }));
}

const app = fastify();

app.get('/health', async () => 'ok');

app.get('/plan/:day', async (request) => {
  spin(knob('plan_ms', 0.5));
  const day = Number(request.params.day) % 365;
  return { day, free: snapshot(day).filter(({ free }) => free).length };
});

app.post('/holds', async (request, reply) => {
  const token = randomUUID();
  bookings += 1;
  holds.set(token, { booking: bookings, until: Date.now() + 60_000, seen: snapshot(bookings % 365) });
  const booking = confirm(token);
  return reply.code(201).send({ token, booking });
});

/** Confirms a hold, and lets it go by the number of its booking: but holds are kept by their token. */
function confirm(token) {
  const { booking } = holds.get(token);
  holds.delete(booking);
  confirmed.push(booking);
  if (confirmed.length > 500) confirmed.shift();
  return booking;
}

app.get('/bookings/latest', async () => ({ latest: confirmed.slice(-20) }));

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
