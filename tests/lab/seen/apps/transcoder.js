'use strict';

// A neighbour: packs films all the time with as many threads as it is told to. Its HTTP face only says that it lives.

const http = require('node:http');
const zlib = require('node:zlib');
const { Worker, isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const { knob } = require('../../apps/lib/knobs');
  let running = 0;
  setInterval(() => {
    for (; running < knob('films', 0); running += 1) new Worker(__filename);
  }, 100);
  http.createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
} else {
  const film = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * 7919) % 251 ^ index % 13));
  for (;;) zlib.deflateSync(film, { level: 9 });
}
