'use strict';

// Land registry: extracts are in memory, the deeds themselves lie in an archive on a slow volume of the network.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { storage } = require('../../apps/lib/storage');

const readDeed = storage(knob('volume_ms', 400));
const parcels = Array.from({ length: 900 }, (_, id) => ({ id, square: 300 + (id % 70) * 12, sheet: id % 31 }));

const app = express();

app.get('/parcels/:id', (request, response) => {
  const parcel = parcels[Number(request.params.id) % parcels.length];
  response.json({ ...parcel, neighbours: [parcel.id - 1, parcel.id + 1] });
});

app.get('/deeds/:id', async (request, response) => {
  await readDeed();
  const parcel = parcels[Number(request.params.id) % parcels.length];
  response.json({ deed: `D-${parcel.id}`, sheet: parcel.sheet, pages: 4 });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
