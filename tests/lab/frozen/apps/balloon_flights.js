'use strict';

// Seats on hot-air balloons. Each quote needs the wind at the meadow, which a weather service knows; it is asked over
// four connections, as somebody once set the pool of the client.

const fastify = require('fastify');
const { Pool } = require('undici');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const weather = new Pool(process.env.WEATHER, { connections: knob('connections', 4), pipelining: 1 });
const meadows = Array.from({ length: 40 }, (_, id) => ({ id, name: `meadow ${id}`, seats: 4 + (id % 9) }));

async function wind(meadow) {
  const { statusCode, body } = await weather.request({ path: `/wind/${meadow}`, method: 'GET' });
  await body.dump();
  return statusCode === 200 ? 3 + (meadow % 5) : null;
}

const app = fastify({ logger: false, keepAliveTimeout: 65_000 });
app.get('/health', async () => 'ok');
app.get('/meadows/:id', async (request) => meadows[Number(request.params.id) % meadows.length]);
app.get('/quotes/:id', async (request) => {
  const meadow = meadows[Number(request.params.id) % meadows.length];
  const knots = await wind(meadow.id);
  spin(knob('quote_ms', 0.5));
  return { meadow: meadow.name, flies: knots !== null && knots < 8, price: 180 + meadow.seats };
});
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
