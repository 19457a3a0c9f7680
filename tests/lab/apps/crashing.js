'use strict';

// A service that ends: on a request (`/boom`), by itself after `life_s` seconds, or of too much memory.

const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { spin } = require('./lib/work');

const app = application();
app.get('/light', (request, response) => {
  spin(knob('light_ms', 1));
  response.send('done');
});
app.get('/boom', (request, response) => {
  if (!knob('is_broken', true)) return response.send('done');
  setImmediate(() => {
    throw new TypeError("Cannot read properties of undefined (reading 'price')");
  });
  return undefined;
});
listen(app);
const life = knob('life_s', 0);
if (life > 0) setTimeout(() => process.exit(knob('exit_code', 1)), life * 1000);
