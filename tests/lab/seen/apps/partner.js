'use strict';

// A partner company's service: it answers each question after `wait_ms`, give or take a fifth.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

http
  .createServer((request, response) => {
    request.resume();
    const wait = knob('wait_ms', 40) * (0.8 + Math.random() * 0.4);
    setTimeout(() => response.end('{"rooms": 4, "delay": 3}'), wait);
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
