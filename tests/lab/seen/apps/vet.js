'use strict';

// Appointments at a vet's. A worker serves some hundred requests and then makes room for a new one, as its library for
// X-ray pictures is known to fragment memory.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const animals = Array.from({ length: 120 }, (_, id) => ({ id, kind: ['cat', 'dog', 'hare'][id % 3], legs: 4 }));
const most = knob('most', 280) + Math.floor(Math.random() * 120);
let served = 0;
let leaves = false;

const server = http.createServer(async (request, response) => {
  const [, kind, number] = request.url.split('/');
  served += 1;
  if (served === most) setImmediate(leave);
  if (kind === 'pictures') await rest(120);
  spin(0.5);
  if (leaves) response.setHeader('connection', 'close');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(animals[Number(number) % animals.length] ?? animals.length));
});

function leave() {
  leaves = true;
  server.close(() => process.exit(0));
}
process.on('SIGTERM', leave);
server.listen(Number(process.env.PORT), '127.0.0.1');
