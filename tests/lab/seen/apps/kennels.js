'use strict';

// Kennels: dogs and their boxes. A worker retires in good order after so many requests, as its makers advise.

const cluster = require('node:cluster');
const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const boxes = Array.from({ length: 64 }, (_, box) => ({ box, dog: box % 5 ? `dog-${box}` : null, walks: box % 4 }));
const most = knob('requests', 150) + Math.floor(Math.random() * 150);
let served = 0;

const server = http.createServer((request, response) => {
  served += 1;
  spin(knob('box_ms', 1));
  const box = boxes[served % boxes.length];
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(box));
  if (served === most) retire();
});

/** Takes no more, answers what is on its way, and ends with success. */
function retire() {
  if (!cluster.isWorker) return;
  server.close(() => process.exit(0));
  cluster.worker.disconnect();
}

server.listen(Number(process.env.PORT), '127.0.0.1');
