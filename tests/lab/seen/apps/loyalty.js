'use strict';

// Points of a loyalty card. A till that gets no answer asks again with the same key, and must get the
// same receipt.

const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const cards = new Map();
const receipts = new Map();
let ranking = [];

function card(id) {
  const known = cards.get(id) ?? { id, points: 500, since: 2000 + (id.length % 20) };
  cards.delete(id);
  cards.set(id, known);
  if (cards.size > knob('cards', 300)) cards.delete(cards.keys().next().value);
  return known;
}

function receipt(owner, key) {
  const lines = Array.from({ length: knob('lines', 700) }, (_, line) => ({
    line,
    shop: `shop ${line % 17}`,
    points: (line * 7) % 90,
    at: Date.now() - line * 60000.5,
  }));
  return { key, card: owner.id, left: owner.points, lines };
}

fastify.get('/cards/:id', async (request) => {
  spin(1);
  return card(request.params.id);
});
fastify.post('/cards/:id/redeem', async (request) => {
  const key = `${request.params.id}/${request.query.key}`;
  if (!receipts.has(key)) {
    const owner = card(request.params.id);
    owner.points += 3;
    receipts.set(key, receipt(owner, key));
  }
  const { lines, ...head } = receipts.get(key);
  return { ...head, last: lines.slice(0, 10) };
});
fastify.get('/ranking', async () => ranking);
setInterval(() => {
  ranking = [...cards.values()].sort((one, other) => other.points - one.points).slice(0, 20);
}, 2000);
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
