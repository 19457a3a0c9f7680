'use strict';

// A tailor's cutting patterns: from somebody's measures a pattern is drawn, which takes arithmetic for each panel.
// Express, with the page of metrics that prom-client's documentation shows.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const PANELS = ['front', 'back', 'sleeve', 'collar', 'cuff', 'yoke'];
const customers = Array.from({ length: 1000 }, (_, id) => ({ id, chest: 84 + (id % 40), waist: 70 + (id % 35) }));

function draw(panel, { chest, waist }) {
  spin(knob('panel_ms', 1.5));
  return { panel, width: Math.round(chest / 4 + panel.length), length: Math.round(waist * 0.9) };
}

const app = application();
app.get('/customers/:id', (request, response) => response.json(customers[Number(request.params.id) % 1000]));
app.get('/patterns/:id', (request, response) => {
  const customer = customers[Number(request.params.id) % 1000];
  response.json({ customer: customer.id, panels: PANELS.map((panel) => draw(panel, customer)) });
});
listen(app).keepAliveTimeout = 65_000;
