'use strict';

// Patents: the whole register is in memory from the first second, with an index of its words, and does not change.

const express = require('express');

const WORDS = 'hinge valve lens rotor latch prism cam spool gasket ratchet nozzle bearing'.split(' ');
const COUNT = Number(process.env.PATENTS ?? 1_000_000);
const CHUNK = 20_000;
const register = [];
const index = new Map(WORDS.map((word) => [word, []]));

function add(number) {
  const words = [WORDS[number % 12], WORDS[(number * 5 + 3) % 12]];
  const title = `${words[0]} with ${words[1]} no. ${number}`;
  register.push({ number, title, year: 1900 + (number % 120), claims: [1, 2, number % 9] });
  for (const word of words) index.get(word).push(number);
}

/** Reads the register bit by bit, then serves. */
function load() {
  const end = Math.min(COUNT, register.length + CHUNK);
  while (register.length < end) add(register.length);
  if (register.length < COUNT) return setTimeout(load, 20);
  return app.listen(Number(process.env.PORT), '127.0.0.1');
}

const app = express();

app.get('/patents/:number', (request, response) => response.json(register[Number(request.params.number) * 300]));

app.get('/search', (request, response) => {
  const found = index.get(WORDS[Number(request.query.q ?? 0) % WORDS.length]);
  response.json({ found: found.length, first: found.slice(0, 10).map((number) => register[number]) });
});

load();
