'use strict';

// The air of a town: a map of cells is read anew for each viewer, and the last maps are compared.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const stations = Array.from({ length: 30 }, (_, id) => ({ id, x: (id * 37) % 100, y: (id * 61) % 100, dust: id % 9 }));
const last = [];

// The grid as the interpolation left it, in JSON, for so many cells.
function text(cells) {
  const grid = Array.from({ length: cells }, (_, cell) => {
    const { x, y, dust } = stations[cell % stations.length];
    return { cell, at: { x: x + cell / 3, y: y - cell / 7 }, dust: dust + 0.5, label: [cell, dust] };
  });
  return JSON.stringify(grid);
}

const grids = new Map();

function grid(cells) {
  if (!grids.has(cells)) grids.set(cells, text(cells));
  return JSON.parse(grids.get(cells));
}

const app = application();
app.get('/map', (request, response) => {
  const cells = grid(knob('cells', 800));
  last.push(cells);
  if (last.length > knob('compared', 25)) last.shift();
  response.json({ cells: cells.length, worst: cells[cells.length >> 1], change: cells[0].dust - last[0][0].dust });
});
app.get('/stations', (request, response) => response.json(stations));
app.get('/stations/:id', (request, response) => response.json(stations[Number(request.params.id) % stations.length]));
setInterval(() => {
  for (const station of stations) station.dust = (station.dust * 1.1) % 9;
}, 1000);
listen(app);
