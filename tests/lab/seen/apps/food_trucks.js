'use strict';

// Food trucks: where they stand and what they cook. All of a quarter's offices look at once, and are gone again.

const fastify = require('fastify');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const DISHES = ['tacos', 'dumplings', 'falafel', 'crepes', 'arepas'];
const trucks = Array.from({ length: 30 }, (_, id) => ({ id, dish: DISHES[id % DISHES.length], metres: id * 35 }));
const app = fastify();

app.get('/nearby', async (request) => {
  const from = Number(request.query.from ?? 0);
  spin(knob('nearby_ms', 7));
  return [...trucks].sort((a, b) => Math.abs(a.metres - from) - Math.abs(b.metres - from)).slice(0, 6);
});

app.get('/trucks/:id', async (request) => trucks[Number(request.params.id) % trucks.length]);

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
