'use strict';

// Irrigation of fields: controllers ask at each full five minutes what to water, all of them at once, and sleep then.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const CROPS = ['maize', 'beet', 'hops'];
const fields = Array.from({ length: 1000 }, (_, id) => ({ id, crop: CROPS[id % 3], wet: 0.2 + (id % 60) / 100 }));

function plan(field) {
  spin(knob('plan_ms', 6));
  field.wet = Math.min(0.8, field.wet + 0.01);
  return { field: field.id, minutes: Math.max(0, Math.round((0.6 - field.wet) * 60)) };
}

fastify.get('/health', async () => 'ok');
fastify.get('/plan/:id', async (request) => plan(fields[Number(request.params.id) % fields.length]));
fastify.get('/fields/:id', async (request) => fields[Number(request.params.id) % fields.length]);
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
