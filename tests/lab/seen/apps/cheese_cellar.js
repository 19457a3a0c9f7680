'use strict';

// Cheese cellar: wheels that ripen, turned by hand, and the passport of a batch, which is signed while everybody waits.

const crypto = require('node:crypto');
const fastify = require('fastify');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const wheels = Array.from({ length: 600 }, (_, id) => ({
  id,
  batch: id % 24,
  turned: 0,
  grams: 7200 + (id % 40) * 10,
}));
const app = fastify();

app.get('/wheels/:id', async (request) => wheels[Number(request.params.id) % wheels.length]);

app.post('/wheels/:id/turn', async (request) => {
  const wheel = wheels[Number(request.params.id) % wheels.length];
  wheel.turned += 1;
  wheel.grams -= 1;
  return wheel;
});

/** A chain of digests over the history of every wheel, as the consortium asks for: all of it in one go. */
function sign(batch) {
  spin(knob('sign_ms', 450));
  const rows = wheels.filter((wheel) => wheel.batch === batch);
  return rows.reduce((seal, row) => crypto.createHmac('sha256', seal).update(JSON.stringify(row)).digest('hex'), 'key');
}

app.get('/batches/:id/passport', async (request) => {
  const batch = Number(request.params.id) % 24;
  return { batch, seal: sign(batch) };
});

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
