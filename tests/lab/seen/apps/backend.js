'use strict';

// What others depend on: answers after a while, and fails now and then.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

http
  .createServer((request, response) => {
    request.resume();
    const wait = knob('wait_ms', 20) * (0.8 + 0.4 * Math.random());
    setTimeout(() => {
      response.statusCode = Math.random() < knob('failures', 0) ? 503 : 200;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ path: request.url }));
    }, wait);
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
