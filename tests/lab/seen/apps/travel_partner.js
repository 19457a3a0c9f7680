'use strict';

// The service of a partner: it answers each question after `wait_ms`, however many are asked at a time.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

http
  .createServer((request, response) => {
    setTimeout(
      () => {
        response.setHeader('content-type', 'application/json');
        response.end('{"premium": 34.5}');
      },
      knob('wait_ms', 90),
    );
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
