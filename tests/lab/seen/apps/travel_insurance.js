'use strict';

// Quotes for travel insurance: the risk is rated by an underwriter's service, reached over a small pool of connections.

const express = require('express');
const { Pool } = require('undici');
const { knob } = require('../../apps/lib/knobs');

const underwriter = new Pool(process.env.UNDERWRITER_URL, { connections: knob('connections', 2), pipelining: 1 });

const app = express();
app.get('/quote', async (request, response) => {
  const days = 1 + ((Number(request.query.trip) || 0) % 30);
  const { statusCode, body } = await underwriter.request({ path: `/rating?days=${days}`, method: 'GET' });
  const { premium } = await body.json();
  response.status(statusCode).json({ days, premium, tax: Math.round(premium * 19) / 100 });
});
app.get('/', (request, response) => response.send('insurance'));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => underwriter.close().then(() => process.exit(0))));
