'use strict';

// The booking system of a hotel, as its housekeeping sees it: which guest is in which room, after `answer_ms`.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { random, rest } = require('../../apps/lib/work');

http
  .createServer(async (request, response) => {
    const mean = knob('answer_ms', 35);
    await rest(mean * 0.7 + random(mean * 0.3));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ room: request.url, guests: 2, leaves: '2024-06-02' }));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
