'use strict';

// Gift lists of weddings. A balancer sends each couple's guests to the same copy, where its list is held.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const lists = new Map();

function list(couple) {
  if (!lists.has(couple)) {
    lists.set(couple, Array.from({ length: 60 }, (_, id) => ({ id, price: 5 + ((id * couple) % 200), taken: false })));
  }
  return lists.get(couple);
}

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.get('/health', (request, response) => response.send('ok'));
app.get('/lists/:couple', (request, response) => {
  const gifts = list(Number(request.params.couple) % 200);
  spin(knob('render_ms', 6));
  response.json(gifts.filter(({ taken }) => !taken).sort((a, b) => a.price - b.price));
});
app.post('/lists/:couple/gifts', (request, response) => {
  const gifts = list(Number(request.params.couple) % 200);
  const gift = gifts[Math.floor(Math.random() * gifts.length)];
  gift.taken = !gift.taken;
  response.status(201).json(gift);
});
app.listen(Number(process.env.PORT), '127.0.0.1').keepAliveTimeout = 65_000;
