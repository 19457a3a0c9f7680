'use strict';

// Fishing licences: which waters may be fished when and how, and a till that takes the money through a bank (`BANK`).

const http = require('node:http');
const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const FISH = ['trout', 'pike', 'perch', 'grayling', 'char', 'carp'];
const agent = new http.Agent({ keepAlive: true });
const waters = [];

/** One water with its rules for each fish and week. */
function water(id) {
  const one = (fish, week) => ({ week, open: (week + fish) % 5 > 1, least: 20 + fish + week / 7 });
  const weeks = (fish) => Array.from({ length: 52 }, (_, week) => one(fish, week));
  return { id, name: `water ${id}`, rules: FISH.map((name, fish) => ({ name, weeks: weeks(fish) })) };
}

// The rules of a season come in parcels, a few waters at a time, until all are known.
setInterval(() => {
  for (let n = 0; n < 12 && waters.length < knob('waters', 1500); n += 1) waters.push(water(waters.length));
}, 50);

function pay() {
  return new Promise((resolve, reject) => {
    const request = http.get(process.env.BANK, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    request.on('error', reject);
  });
}

const app = express();
app.get('/health', (request, response) => response.send('ok'));
app.get('/waters/:id', (request, response) => {
  spin(0.5);
  const found = waters[Number(request.params.id) % waters.length];
  const week = Number(request.params.id) % 52;
  response.json({ name: found.name, fish: found.rules.map(({ name, weeks }) => ({ name, ...weeks[week] })) });
});
app.get('/licences/:id', async (request, response) => {
  const status = await pay();
  response.status(status).json({ licence: request.params.id, paid: status === 200 });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
