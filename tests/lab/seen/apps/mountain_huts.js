'use strict';

// Beds in mountain huts: walkers look for free nights, and may ask to be told when a full night becomes free again.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const HUTS = Array.from({ length: 60 }, (_, id) => ({ id, name: `hut ${id}`, height: 1800 + id * 17, beds: 12 + (id % 30) }));
const taken = new Map(HUTS.map((hut) => [hut.id, new Uint8Array(120).map((_, day) => (day * 7 + hut.id) % hut.beds)]));
const watches = new Map();
let number = 0;

function nights(hut) {
  return Array.from(taken.get(hut.id), (used, day) => ({ day, free: hut.beds - used, price: 28 + (day % 7) * 1.5 }));
}

// Every search leaves a watch, so that the page can show "a bed became free". Only a booking ever takes it away.
function watch(hut, days) {
  number += 1;
  const copies = Math.max(1, Math.round(knob('weeks', 3)));
  watches.set(`w${number}`, { hut: hut.id, since: Date.now(), seen: Array.from({ length: copies }, () => structuredClone(days)) });
  return `w${number}`;
}

fastify.get('/health', async () => 'ok');
fastify.get('/huts', async () => HUTS.map(({ id, name, height }) => ({ id, name, height })));
fastify.get('/huts/:id/nights', async (request, reply) => {
  const hut = HUTS[Number(request.params.id) % HUTS.length];
  const days = nights(hut);
  spin(1);
  reply.header('x-watch', watch(hut, days));
  return days.filter((day) => day.free > 0);
});
fastify.post('/huts/:id/book', async (request) => {
  const hut = HUTS[Number(request.params.id) % HUTS.length];
  const day = Math.floor(Math.random() * 120);
  taken.get(hut.id)[day] = (taken.get(hut.id)[day] + 1) % hut.beds;
  watches.delete(`w${number}`);
  return { hut: hut.id, day };
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
