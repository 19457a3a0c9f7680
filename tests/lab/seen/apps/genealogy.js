'use strict';

// Family trees: those that were looked at last are kept whole, as they are slow to put together.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { rest } = require('../../apps/lib/work');

const trees = new Map();

function grow(id) {
  return Array.from({ length: knob('people', 6500) }, (_, person) => ({
    person,
    born: 1700 + (person % 300),
    parents: [person >> 1, person >> 2],
    id,
  }));
}

async function tree(id) {
  const known = trees.get(id);
  if (known) {
    trees.delete(id);
    trees.set(id, known);
    return known;
  }
  await rest(15); // the parish registers
  const fresh = grow(id);
  trees.set(id, fresh);
  while (trees.size > knob('trees', 50)) trees.delete(trees.keys().next().value);
  return fresh;
}

const server = http.createServer(async (request, response) => {
  const [, kind, id] = request.url.split('/');
  if (kind === 'surnames') return response.end(JSON.stringify(['Arendt', 'Bohm', 'Curie', 'Dirac']));
  if (kind !== 'trees') return response.end('ok');
  const people = await tree(Number(id));
  return response.end(JSON.stringify({ people: people.length, eldest: people.slice(0, 20) }));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
