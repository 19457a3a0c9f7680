'use strict';

// Panoramas of hiking trails: decoded tiles of the places that are looked at stay in memory, outside of the heap.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');

const TILE = 256 * 1024;
const tiles = new Map();

function decode(place) {
  return Buffer.alloc(TILE, 1 + (place % 250));
}

/** The tile of a place; the one that was not looked at for longest goes when there are too many. */
function tile(place) {
  const kept = tiles.get(place) ?? decode(place);
  tiles.delete(place);
  tiles.set(place, kept);
  if (tiles.size > knob('most', 2000)) tiles.delete(tiles.keys().next().value);
  return kept;
}

const app = express();
app.get('/panorama', (request, response) => {
  const place = (Number(request.query.place) || 0) % knob('places', 150);
  const pixels = tile(place);
  response.json({ place, light: pixels[0], horizon: pixels[TILE - 1] });
});
app.get('/', (request, response) => response.send('trails'));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
