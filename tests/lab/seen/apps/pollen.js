'use strict';

// What flies today: forecasts of pollen for a place, from tables that are computed anew every few seconds.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const PLANTS = ['alder', 'ash', 'birch', 'grass', 'hazel', 'mugwort', 'ragweed', 'rye'];
let tables = new Map();

function compute() {
  spin(knob('table_ms', 6));
  tables = new Map(PLANTS.map((plant, row) => [plant, Array.from({ length: 200 }, (_, i) => (i * (row + 3)) % 5)]));
}

fastify.get('/forecast/:place', async (request) => {
  spin(knob('forecast_ms', 2));
  const place = Number(request.params.place) % 200;
  return PLANTS.map((plant) => ({ plant, level: tables.get(plant)[place], days: [0, 1, 2].map((day) => day + place) }));
});
fastify.get('/plants', async () => PLANTS);
fastify.get('/widget/:place', async (request, reply) => {
  await rest(5);
  return reply.type('text/html').send(`<p>Pollen at ${request.params.place}</p>`);
});
compute();
setInterval(compute, 5000);
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
