'use strict';

// Tide tables: the year of a harbour is computed when it is first asked for, and kept, for all harbours served.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

const TIDES = 706 * 4;
const years = new Map();

/** High and low waters of a year: their moments and heights. */
function compute(harbour) {
  return Array.from({ length: TIDES }, (_, n) => ({
    n,
    at: n * 6.21 + harbour / 7,
    metres: 2.1 + Math.cos(n * Math.PI) * 1.7 + Math.sin(n / 28 + harbour) * 0.4,
  }));
}

function year(harbour) {
  if (!years.has(harbour)) years.set(harbour, compute(harbour));
  return years.get(harbour);
}

function answer(path) {
  const [, kind, number] = path.split('/');
  const harbour = Number(number) % knob('harbours', 100);
  if (kind === 'next') return year(harbour).slice(40, 44);
  if (kind === 'week') return year(harbour).slice(0, 28).map(({ at, metres }) => ({ at: at.toFixed(1), metres }));
  return { harbours: years.size };
}

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer(request.url)));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
