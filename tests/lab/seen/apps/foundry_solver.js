'use strict';

// The solver of the foundry's moulds: as many threads as it is told to use, each of which computes without a rest.

const http = require('node:http');
const { Worker, isMainThread } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');

const threads = [];

/** One relaxation after another of the heat in a bar. */
function relax() {
  const bar = new Float64Array(4096).fill(20);
  bar[0] = 1400;
  for (;;) {
    for (let i = 1; i < bar.length - 1; i += 1) bar[i] = (bar[i - 1] + bar[i] + bar[i + 1]) / 3;
  }
}

function adjust() {
  const wanted = knob('threads', 0);
  while (threads.length < wanted) threads.push(new Worker(__filename));
  while (threads.length > wanted) threads.pop().terminate();
}

if (isMainThread) {
  setInterval(adjust, 500);
  const server = http.createServer((request, response) => response.end(String(threads.length)));
  server.listen(Number(process.env.PORT), '127.0.0.1');
} else {
  relax();
}
