'use strict';

// Makes crosswords to order: the grid is laid and filled within the request.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

function grid(size, seed) {
  const rows = [];
  for (let y = 0; y < size; y += 1) {
    let row = '';
    for (let x = 0; x < size; x += 1) row += (x * 7 + y * 11 + seed) % 6 === 0 ? '#' : '.';
    rows.push(row);
  }
  spin(knob('fill_ms', 9)); // words that cross, tried one after another
  return rows;
}

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname !== '/crossword') return response.end('ok');
  const seed = Number(searchParams.get('seed')) || 0;
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify({ seed, rows: grid(15, seed) }));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
