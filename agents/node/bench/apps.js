'use strict';

// The services under measurement. Each loads only its own framework, and a peer's middleware where one is asked for.

const http = require('node:http');

// Some 0.3 ms of counting on a processor of today; the same work in every variant.
const HEAVY_COUNT = 75_000;

// Milliseconds. A connection waits while the others of its round have their turn.
const KEEP_ALIVE = 60_000;

function user(id) {
  return { id, name: 'Ada Lovelace', active: true };
}

function work(count) {
  let value = 0;
  for (let i = 0; i < count; i++) value = (value * 31 + i) | 0;
  return value;
}

/** No framework: what idles. */
function plain(peer) {
  return http.createServer((request, response) => {
    if (peer !== undefined && request.url === '/metrics') peer.answer(response);
    else response.end('ok');
  });
}

function express(peer, count = 0) {
  const app = require('express')();
  peer?.express(app);
  app.get('/users/:id', (request, response) => {
    work(count);
    response.json(user(request.params.id));
  });
  return http.createServer({ keepAliveTimeout: KEEP_ALIVE }, app);
}

function fastify(peer) {
  const app = require('fastify')({ keepAliveTimeout: KEEP_ALIVE });
  peer?.fastify(app);
  app.get('/users/:id', (request, reply) => {
    reply.send(user(request.params.id));
  });
  return app;
}

module.exports = { plain, express, fastify, heavy: (peer) => express(peer, HEAVY_COUNT) };
