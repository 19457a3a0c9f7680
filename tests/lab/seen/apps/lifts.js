'use strict';

// The lifts of a tower: who calls one is answered when its cabin stands at the floor and its doors are open.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { rest } = require('../../apps/lib/work');

const cabins = Array.from({ length: 40 }, (_, id) => ({ id, floor: id % 12, trips: 0 }));

fastify.post('/calls/:floor', async (request) => {
  const floor = Number(request.params.floor) % 12;
  const cabin = cabins.reduce((best, one) => (Math.abs(one.floor - floor) < Math.abs(best.floor - floor) ? one : best));
  await rest(knob('doors_ms', 2500) + Math.random() * 2500);
  cabin.floor = floor;
  cabin.trips += 1;
  return { cabin: cabin.id, floor };
});
fastify.get('/cabins/:id', async (request) => cabins[Number(request.params.id) % cabins.length]);
setInterval(() => {
  for (const cabin of cabins) cabin.floor = (cabin.floor + cabin.id) % 12;
}, 4000);
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
