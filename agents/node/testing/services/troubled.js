'use strict';

// Gets into whatever trouble it is asked for. A line that is to be named ends with the name of its trouble.

const crypto = require('node:crypto');
const { execFileSync } = require('node:child_process');
const http = require('node:http');

function counting(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end); // counting
}

function bigJson() {
  const end = performance.now() + 800;
  while (performance.now() < end) JSON.stringify(list); // json
}

function badExpression(text) {
  return /^(\w+\s?)*$/.test(text); // regexp
}

function keyFor(password, iterations) {
  return crypto.pbkdf2Sync(password, 'salt', iterations, 64, 'sha512'); // pbkdf2
}

function runProgram() {
  execFileSync('sleep', ['0.8']); // program
}

function step() {
  counting(30);
}

function collect() {
  for (let i = 0; i < 12; i++) gc(); // collection
}

/** Doubles the length of the work until it takes long enough to be a long block. */
function atLeast(milliseconds, work, size) {
  for (let n = size; ; n *= 2) {
    const start = performance.now();
    work(n);
    if (performance.now() - start > milliseconds) return;
  }
}

const list = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `customer ${id}` }));
const kept = [];

const TROUBLES = {
  counting: (milliseconds = 800) => counting(milliseconds),
  json: bigJson,
  // Each letter more doubles the time.
  regexp: () => atLeast(800, (n) => badExpression(`${'w'.repeat(16 + Math.log2(n))}!`), 1),
  pbkdf2: () => atLeast(800, (n) => keyFor('password', n), 100_000),
  program: runProgram,
  collection: collect,
  fill: () => {
    for (let i = 0; i < 1_500_000; i++) kept.push({ i });
  },
  steps: () => setInterval(step, 35),
  forever: () => counting(Infinity),
  throw: () => setImmediate(() => { throw new RangeError('secret'); }), // throw
  reject: () => setImmediate(() => Promise.reject(new RangeError('secret'))), // reject
  exit: () => setImmediate(() => process.exit(3)),
  survive: () => {
    process.once('uncaughtException', () => {});
    setImmediate(() => { throw new RangeError('survived'); });
  },
  leave: () => server.close(),
  blockAndThrow: () => {
    setImmediate(() => {
      counting(600);
      throw new RangeError('secret');
    });
  },
};

const server = http.createServer((request, response) => {
  const [, name, number] = request.url.split('/');
  response.setHeader('Connection', 'close');
  if (name === 'hang') return response.flushHeaders();
  TROUBLES[name]?.(number && Number(number));
  response.end(String(process.pid));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
