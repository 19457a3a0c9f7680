'use strict';

// Props for the stage: a search that answers while one types, so most of what was asked is never waited for.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const WORDS = ['throne', 'sword', 'lantern', 'chaise', 'skull', 'goblet', 'telephone', 'trunk', 'candelabra', 'crown'];
const props = Array.from({ length: 700 }, (_, id) => ({
  id,
  name: `${WORDS[id % 10]} ${id}`,
  shelf: id % 41,
  lent: id % 6 === 0,
}));

async function search(text, response) {
  spin(0.5);
  const found = props.filter(({ name }) => name.startsWith(text)).slice(0, 10);
  await rest(knob('think_ms', 100) * (0.5 + Math.random()));
  if (response.destroyed) return;
  response.end(JSON.stringify(found));
}

function one(id, response) {
  const prop = props[id];
  if (!prop) response.statusCode = 404;
  response.end(JSON.stringify(prop ?? { error: 'no such prop' }));
}

http
  .createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://stage');
    response.setHeader('content-type', 'application/json');
    if (pathname === '/search') return search(WORDS[Number(searchParams.get('q')) % 10].slice(0, 4), response);
    if (pathname.startsWith('/props/')) return one(Number(pathname.slice(7)), response);
    return response.end('"ok"');
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
