'use strict';

// Bee yards: hives send what their scales and microphones say, and a window of the last readings is kept for each.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const recent = [];

/** Readings of one hive, each an object with its own labels, as they come from the parser. */
function parse(hive, count) {
  const reading = (n) => ({ hive, n, weight: 31.5 + n / 100, hum: [n % 7, n % 11, n / 3], at: new Date(n * 1000) });
  return Array.from({ length: count }, (_, n) => reading(n));
}

// A copy for each step, so that no step touches what another one sees.
function smooth(readings) {
  const copies = readings.map((reading) => ({
    ...reading,
    hum: reading.hum.map((one) => one * 0.9),
    labels: { yard: reading.hive % 12 },
  }));
  return copies.map((reading, i) => ({ ...reading, weight: (reading.weight + (copies[i - 1] ?? reading).weight) / 2 }));
}

const app = application();
app.post('/hives/:id/readings', (request, response) => {
  const readings = smooth(parse(Number(request.params.id), knob('readings', 60)));
  recent.push(readings);
  while (recent.length > knob('window', 120)) recent.shift();
  spin(0.3);
  response.status(202).json({ took: readings.length });
});
app.get('/hives/:id', (request, response) => {
  response.json({ hive: request.params.id, queen: 'present', windows: recent.length });
});
listen(app);
