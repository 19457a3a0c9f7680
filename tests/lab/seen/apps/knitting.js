'use strict';

// Knitting patterns: descriptions, and charts that are drawn stitch by stitch for whoever prints one.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { rest, spin } = require('../../apps/lib/work');

const COLOURS = ['#fff', '#a33', '#363', '#226'];

function chart(id) {
  const rows = [];
  for (let row = 0; row < knob('rows', 80); row += 1) {
    spin(knob('row_ms', 4.5));
    rows.push(Array.from({ length: 60 }, (_, stitch) => COLOURS[(id * 7 + row * stitch) % COLOURS.length]));
  }
  return rows;
}

const app = application();
app.get('/patterns/:id', async (request, response) => {
  await rest(4);
  spin(0.5);
  response.json({ id: request.params.id, title: `jumper ${request.params.id}`, needles: 3.5, yarn: ['wool', 'silk'] });
});
app.get('/patterns/:id/chart', (request, response) => {
  response.json({ id: request.params.id, rows: chart(Number(request.params.id)) });
});
app.get('/yarns', (request, response) => response.json(COLOURS));
listen(app);
