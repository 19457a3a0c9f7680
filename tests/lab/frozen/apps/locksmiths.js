'use strict';

// Which locksmith is nearest, and free. Their rota is fetched anew every few seconds; with the new format of the rota,
// one of them has no shift, nobody catches what follows from it, and the process ends.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const known = Array.from({ length: 60 }, (_, id) => ({ id, x: id % 10, y: id % 7, shift: { from: 6, to: 18 } }));
let rota = hours(known); // as it was when the program was built

function hours(people) {
  return people.map(({ id, x, y, shift }) => ({ id, x, y, hours: shift.to - shift.from }));
}

async function fetchRota() {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return known.map((person) => (knob('format', 1) > 1 && person.id === 41 ? { ...person, shift: undefined } : person));
}

async function refresh() {
  rota = hours(await fetchRota());
}

function nearest(number) {
  spin(knob('search_ms', 0.8));
  const [x, y] = [number % 10, number % 7];
  return [...rota].sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y))[0] ?? null;
}

setInterval(refresh, knob('refresh_s', 5) * 1000);

const server = http.createServer((request, response) => {
  const [, what, number] = request.url.split('/');
  if (what === 'nearest') return response.end(JSON.stringify(nearest(Number(number))));
  response.statusCode = what === 'health' ? 200 : 404;
  return response.end();
});
server.listen(Number(process.env.PORT), '127.0.0.1');
