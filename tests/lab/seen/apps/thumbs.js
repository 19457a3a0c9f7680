'use strict';

// Makes thumbnails of raw pictures: scales them down, and compresses the outcome as PNG does. Either the compression is
// left to Node.js's own threads (THREADS=0), or everything to worker threads of the program.

const zlib = require('node:zlib');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');

const SIDE = Number(process.env.SIDE) || 256;
const picture = Buffer.alloc(1024 * 1024);
for (let index = 0, value = 1; index < picture.length; index += 1) {
  value = (value * 1103515245 + 12345) & 0x7fffffff;
  picture[index] = (index % 251 ^ (value >> 20)) & 0x3f;
}

function scaled(seed) {
  const step = 1024 / SIDE;
  const small = Buffer.allocUnsafe(SIDE * SIDE);
  for (let row = 0, at = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1, at += 1) {
      small[at] = picture[((Math.floor(row * step) * 1024 + Math.floor(column * step)) + seed) & 0xfffff];
    }
  }
  return small;
}

if (!isMainThread) {
  parentPort.on('message', ({ id, seed }) => {
    parentPort.postMessage({ id, bytes: zlib.deflateSync(scaled(seed), { level: 9 }).length });
  });
} else {
  serve();
}

function compressor() {
  const threads = Number(process.env.THREADS) || 0;
  if (threads === 0) return (seed, done) => zlib.deflate(scaled(seed), { level: 9 }, (error, small) => done(small.length));
  const waiting = new Map();
  const workers = Array.from({ length: threads }, () => new Worker(__filename));
  for (const worker of workers) {
    worker.on('message', ({ id, bytes }) => {
      loads[workers.indexOf(worker)] -= 1;
      waiting.get(id)(bytes);
      waiting.delete(id);
    });
  }
  const loads = new Array(threads).fill(0);
  let next = 0;
  return (seed, done) => {
    next += 1;
    waiting.set(next, done);
    const least = loads.indexOf(Math.min(...loads));
    loads[least] += 1;
    workers[least].postMessage({ id: next, seed });
  };
}

function serve() {
  const { application, listen } = require('../../apps/lib/service');
  const compress = compressor();
  const app = application();
  app.get('/pictures/:id/thumbnail', (request, response) => {
    compress(Number(request.params.id) * 977, (bytes) => response.json({ bytes }));
  });
  app.get('/pictures/:id', (request, response) => response.json({ id: request.params.id, side: 1024 }));
  listen(app);
}
