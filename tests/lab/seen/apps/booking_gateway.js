'use strict';

// A gateway to hotels: it asks the partner (`PARTNER`) for free rooms and then for their price.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const agent = new http.Agent({ keepAlive: true });

function ask(question) {
  return new Promise((resolve, reject) => {
    http
      .get(`${process.env.PARTNER}${question}`, { agent }, (answer) => {
        answer.resume();
        answer.on('end', resolve);
        answer.on('error', reject);
      })
      .on('error', reject);
  });
}

const app = application();
app.get('/offer/:hotel', async (request, response) => {
  spin(knob('cpu_ms', 0.5));
  await ask('/rooms');
  await ask('/price');
  response.json({ hotel: request.params.hotel, price: 90 });
});
app.get('/hotels', (request, response) => response.json(Array.from({ length: 50 }, (_, hotel) => ({ hotel }))));
listen(app);
