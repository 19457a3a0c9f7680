'use strict';

// A neighbour that is no service of ours: it computes on `threads` threads for `share` of the time.

const http = require('node:http');
const { Worker, isMainThread } = require('node:worker_threads');
const { knob } = require('./lib/knobs');
const { spin } = require('./lib/work');

function burn() {
  const share = knob('share', 1);
  if (share > 0) spin(50 * share);
  setTimeout(burn, share >= 1 ? 0 : 50 * (1 - share));
}

if (isMainThread) {
  for (let i = 0; i < knob('threads', 2); i += 1) new Worker(__filename);
  http.createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
} else {
  burn();
}
