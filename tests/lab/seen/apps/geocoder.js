'use strict';

// Addresses and where they are: the indexes of 60 regions are loaded one after another once the service runs, and stay.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const REGIONS = 60;
const indexes = [];

function load() {
  indexes.push(Buffer.alloc(knob('index_mb', 8) * 1024 * 1024, indexes.length));
  if (indexes.length === REGIONS) clearInterval(loading);
}

load();
const loading = setInterval(load, knob('load_ms', 350));

const app = application();
app.get('/place/:address', (request, response) => {
  const region = Number(request.params.address) % indexes.length;
  const place = indexes[region].readUInt32LE(Number(request.params.address) * 4);
  spin(knob('search_ms', 3));
  response.json({ region, place });
});
listen(app);
