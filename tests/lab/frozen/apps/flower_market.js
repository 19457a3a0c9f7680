'use strict';

// Prices of a flower market. Each process serves so many requests and then makes room for a fresh one, as process
// managers have it (`max_requests`): it takes no more connections, answers what it has, and ends with 0.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const flowers = ['tulip', 'peony', 'freesia', 'iris', 'ranunculus', 'anemone'];
const most = knob('max_requests', 500) * (0.85 + Math.random() * 0.3);
let served = 0;
let isLeaving = false;

function leave() {
  if (isLeaving) return;
  isLeaving = true;
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}

const server = http.createServer((request, response) => {
  const [, what, number] = request.url.split('/');
  if (isLeaving) response.setHeader('connection', 'close');
  if (what === 'prices') {
    served += 1;
    spin(knob('price_ms', 0.6));
    response.end(JSON.stringify({ flower: flowers[Number(number) % flowers.length], cents: 80 + (served % 40) }));
    if (served >= most) leave();
    return;
  }
  response.statusCode = what === 'health' ? 200 : 404;
  response.end();
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', leave);
