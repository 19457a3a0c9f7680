'use strict';

// Orders of a bakery for tomorrow morning: what is in a loaf is asked of the mill's service, labels are drawn here.

const express = require('express');
const { request: ask } = require('undici');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const LOAVES = ['rye', 'spelt', 'wheat', 'oat', 'potato'];
const orders = new Map();

function label(number) {
  const lines = [];
  for (let line = 0; line < 80; line += 1) {
    spin(knob('line_ms', 5));
    lines.push('#'.repeat(1 + ((number * line) % 40)));
  }
  return lines.join('\n');
}

const app = express();
app.get('/loaves', (request, response) => response.json(LOAVES));
app.get('/loaves/:id', async (request, response) => {
  const { body } = await ask(`${process.env.MILL}/flour/${request.params.id}`);
  const flour = await body.json();
  spin(0.3);
  response.json({ loaf: LOAVES[Number(request.params.id) % LOAVES.length], flour });
});
app.post('/orders/:id', (request, response) => {
  orders.set(request.params.id, { loaves: 2, at: Date.now() });
  response.status(201).json({ id: request.params.id });
});
app.get('/labels/:id', (request, response) => response.type('text/plain').send(label(Number(request.params.id))));
setInterval(() => {
  const old = Date.now() - 60000;
  for (const [id, { at }] of orders) if (at < old) orders.delete(id);
}, 5000);
app.listen(Number(process.env.PORT), '127.0.0.1');
