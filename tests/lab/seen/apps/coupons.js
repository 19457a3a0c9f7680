'use strict';

// Coupons of a chain of bakeries and cafes: each code carries its campaign and a signature in eleven letters.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const campaigns = Array.from({ length: 40 }, (_, id) => ({ id, percent: 5 + (id % 4) * 5, used: 0 }));
let best = [];

const app = express();
app.get('/campaigns', (request, response) => response.json(campaigns));
app.get('/check/:code', (request, response) => {
  spin(knob('check_ms', 7));
  const campaign = campaigns[Number(request.params.code) % campaigns.length];
  response.json({ valid: true, percent: campaign.percent });
});
app.post('/redeem/:code', (request, response) => {
  spin(knob('check_ms', 7));
  const campaign = campaigns[Number(request.params.code) % campaigns.length];
  campaign.used += 1;
  response.status(201).json({ campaign: campaign.id, used: campaign.used });
});
app.get('/best', (request, response) => response.json(best));
setInterval(() => {
  best = [...campaigns].sort((one, other) => other.used - one.used).slice(0, 5);
}, 3000);
app.listen(Number(process.env.PORT), '127.0.0.1');
