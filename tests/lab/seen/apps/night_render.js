'use strict';

// A batch that has nothing to do with the services beside it: it renders pictures of a fractal on `threads` threads.

const http = require('node:http');
const { Worker, isMainThread } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');

function escapes(re, im) {
  let [x, y, n] = [0, 0, 0];
  for (; n < 500 && x * x + y * y < 4; n += 1) [x, y] = [x * x - y * y + re, 2 * x * y + im];
  return n;
}

function line(row) {
  let sum = 0;
  for (let column = 0; column < 400; column += 1) sum += escapes(-2 + column / 160, -1 + (row % 400) / 200);
  return sum;
}

function render(row) {
  const isRendering = knob('is_rendering', false);
  const lines = isRendering ? 200 : 0;
  for (let next = row; next < row + lines; next += 1) line(next);
  setTimeout(render, isRendering ? 0 : 100, row + lines);
}

if (isMainThread) {
  for (let i = 0; i < knob('threads', 3); i += 1) new Worker(__filename);
  http.createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
} else {
  render(0);
}
