'use strict';

// Free places of a town's garages: gates report each car over a connection that they keep, and screens ask.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const free = Array.from({ length: 30 }, (_, garage) => 200 + garage);

const server = http.createServer((request, response) => {
  const [, kind, number] = request.url.split('/');
  const garage = Number(number) % free.length;
  if (kind === 'cars') {
    spin(knob('plate_ms', 8)); // the number plate is made out
    free[garage] = (free[garage] + 399) % 400;
    return response.end(JSON.stringify({ garage, free: free[garage] }));
  }
  return response.end(kind === 'free' ? JSON.stringify(free) : 'ok');
});
server.keepAliveTimeout = 60000;
server.listen(Number(process.env.PORT), '127.0.0.1');
