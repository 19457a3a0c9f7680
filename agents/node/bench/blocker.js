'use strict';

// A service that blocks its loop on demand: `node blocker.js`. A line that the probe is to name ends with its case.

const crypto = require('node:crypto');
const http = require('node:http');

const SECONDS = 2;

function counting() {
  const end = Date.now() + SECONDS * 1000;
  while (Date.now() < end); // counting
}

function bigJson(list) {
  return JSON.stringify(list); // json
}

function badExpression(text) {
  return /^(\w+\s?)*$/.test(text); // regexp
}

function keyFor(password) {
  return crypto.pbkdf2Sync(password, 'salt', iterations, 64, 'sha512'); // pbkdf2Sync
}

function step() {
  const end = performance.now() + 30;
  while (performance.now() < end); // steps
}

// As much of each as lasts about as long as the counting, on this machine.
const list = Array.from({ length: 50_000 }, (_, id) => ({ id, name: `customer ${id}`, tags: ['a', 'b', 'c'] }));
const iterations = sized((n) => crypto.pbkdf2Sync('password', 'salt', n, 64, 'sha512'), 20_000);
const lists = Array(sized((n) => JSON.stringify(Array(n).fill(list)), 1)).fill(list);
const text = `${'w'.repeat(expressionLength())}!`;

const CASES = {
  counting,
  json: () => bigJson(lists),
  regexp: () => badExpression(text),
  pbkdf2Sync: () => keyFor('password'),
};

function sized(work, count) {
  const start = performance.now();
  work(count);
  return Math.ceil((count * SECONDS * 1000) / (performance.now() - start));
}

/** Each letter more doubles the time; five of them make it 32 times as long. */
function expressionLength() {
  for (let letters = 10; ; letters++) {
    const start = performance.now();
    badExpression(`${'w'.repeat(letters)}!`);
    if (performance.now() - start > (SECONDS * 1000) / 50) return letters + 5;
  }
}

let stepping;

const server = http.createServer((request, response) => {
  const name = request.url.slice(1);
  const began = Date.now();
  if (name === 'steps') stepping = setInterval(step, 35);
  else if (name === 'rest') clearInterval(stepping);
  else CASES[name]();
  response.end(JSON.stringify({ began, ended: Date.now() }));
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
