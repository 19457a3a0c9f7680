'use strict';

// Routes of couriers: the shortest way through the stops of a van is computed for each request.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const stops = Array.from({ length: 25 }, (_, n) => ({ stop: n, lat: 52 + n / 100, lon: 13 + (n % 5) / 50 }));

const app = application();
app.get('/route/:van', (request, response) => {
  spin(knob('plan_ms', 12));
  response.json({ van: request.params.van, stops: stops.toSorted((a, b) => a.lon - b.lon || a.lat - b.lat) });
});
listen(app);
