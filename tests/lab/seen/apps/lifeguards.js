'use strict';

// Flags on beaches: phones ask for the flag of their beach and are answered when it changes, or after a while.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const COLOURS = ['green', 'yellow', 'red'];
const beaches = Array.from({ length: 40 }, (_, id) => ({ id, flag: COLOURS[id % 3], swimmers: id * 3 }));

async function flag(id, response) {
  const beach = beaches[id % beaches.length];
  await rest(knob('wait_ms', 8000) * (0.8 + Math.random() * 0.4));
  spin(0.2);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(beach));
}

http
  .createServer((request, response) => {
    const [, first, id] = request.url.split('/');
    if (first === 'flags') return flag(Number(id), response);
    if (first === 'beaches') return response.end(JSON.stringify(beaches));
    return response.end('ok');
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
