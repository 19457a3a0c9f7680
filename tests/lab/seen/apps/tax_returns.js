'use strict';

// Tax returns: each is checked by the revenue's service (`REVENUE`), over the few connections that were enough once.

const express = require('express');
const { Pool } = require('undici');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const revenue = new Pool(process.env.REVENUE, { connections: knob('connections', 6), pipelining: 1 });
const returns = [];

async function check(income) {
  const { body } = await revenue.request({ path: `/check?income=${income}`, method: 'GET' });
  return body.json();
}

const app = express();
app.use(express.json());

app.post('/returns', async (request, response) => {
  spin(knob('return_ms', 1));
  const income = 20000 + (returns.length % 50) * 900;
  const { class: bracket } = await check(income);
  returns.push({ income, bracket });
  if (returns.length > 500) returns.shift();
  response.status(201).json({ number: returns.length, bracket });
});

app.get('/returns/latest', (request, response) => response.json(returns.slice(-10)));

app.listen(Number(process.env.PORT), '127.0.0.1');
