'use strict';

// Prescriptions: for each, the wholesaler is asked for the drug, and the register whether it goes with others.

const http = require('node:http');
const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

// The partner's contract speaks of few connections.
const agent = new http.Agent({ keepAlive: true, maxSockets: knob('sockets', 2) });
const counter = { served: 0 };

function ask(path) {
  return new Promise((resolve, reject) => {
    http
      .get(`${process.env.PARTNER}${path}`, { agent }, (answer) => {
        let text = '';
        answer.on('data', (piece) => (text += piece));
        answer.on('end', () => resolve(JSON.parse(text)));
      })
      .on('error', reject);
  });
}

const app = express();
app.get('/prescriptions/:id', async (request, response) => {
  const { id } = request.params;
  const stock = await ask(`/stock/${id}`);
  const others = await ask(`/interactions/${id}`);
  spin(0.5);
  counter.served += 1;
  response.json({ id, stock, others });
});
app.get('/opening', (request, response) => response.json({ opens: 8, closes: 19 }));
app.get('/served', (request, response) => response.json(counter));
app.listen(Number(process.env.PORT), '127.0.0.1');
