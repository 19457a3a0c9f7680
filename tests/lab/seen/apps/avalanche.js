'use strict';

// Bulletins about avalanches. At full hours all the ski areas of a country fetch theirs within seconds.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const areas = Array.from({ length: 250 }, (_, id) => ({ id, level: 1 + (id % 4), above: 1800 + (id % 9) * 100 }));

const app = express();
app.get('/bulletins/:area', (request, response) => {
  spin(knob('render_ms', 5));
  const area = areas[Number(request.params.area) % areas.length];
  response.json({ ...area, text: 'Drifting snow above the tree line. '.repeat(area.level * 5) });
});
app.get('/levels', (request, response) => response.json(areas.map(({ level }) => level)));
setInterval(() => {
  const area = areas[Math.floor(Math.random() * areas.length)];
  area.level = 1 + ((area.level + 1) % 4);
}, 2000);
app.listen(Number(process.env.PORT), '127.0.0.1');
