'use strict';

// Breakdowns: a tow truck is sent once the insurer (`INSURER`) has said that the car is covered.

const express = require('express');
const { Pool } = require('undici');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const insurer = new Pool(process.env.INSURER, { connections: knob('connections', 4), pipelining: 1 });
const trucks = Array.from({ length: 30 }, (_, id) => ({ id, at: id * 7, jobs: 0 }));

async function covered(plate) {
  const { statusCode, body } = await insurer.request({ path: `/cover?plate=${plate}`, method: 'GET' });
  await body.dump();
  return statusCode === 200;
}

function nearest(place) {
  spin(0.5);
  return trucks.reduce((best, truck) => (Math.abs(truck.at - place) < Math.abs(best.at - place) ? truck : best));
}

const app = express();
app.get('/health', (request, response) => response.send('ok'));
app.get('/trucks', (request, response) => response.json(trucks));
app.get('/breakdowns/:plate', async (request, response) => {
  const isCovered = await covered(request.params.plate);
  const truck = nearest(Number(request.params.plate) % 210);
  truck.jobs += 1;
  response.json({ truck: truck.id, isCovered });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
