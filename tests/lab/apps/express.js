'use strict';

// The plain service: every request computes, waits, or both; some requests are heavy.

const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { rest, spin } = require('./lib/work');

const app = application();
app.get('/work', async (request, response) => {
  const wait = knob('wait_ms', 0);
  if (wait > 0) await rest(wait);
  spin(knob('cpu_ms', 5));
  response.send('done');
});
app.get('/light', (request, response) => {
  spin(knob('light_ms', 0.5));
  response.send('done');
});
app.get('/heavy', (request, response) => {
  spin(knob('heavy_ms', 300));
  response.send('done');
});
listen(app);
