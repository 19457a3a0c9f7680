'use strict';

// The revenue's service that checks a return: it idles, but each check waits for a register elsewhere.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

const server = http.createServer((request, response) => {
  const income = Number(new URL(request.url, 'http://revenue').searchParams.get('income'));
  setTimeout(() => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ class: income > 40000 ? 'B' : 'A' }));
  }, knob('check_ms', 350));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
