'use strict';

// Keeps sessions in memory, with the basket and the last pages of each visitor. Nobody ever removes one, unless LIMIT says how
// many there may be.

const http = require('node:http');
const crypto = require('node:crypto');

const LIMIT = Number(process.env.LIMIT) || Infinity;
const EACH = Number(process.env.EACH) || 100;
const sessions = new Map();

function begin() {
  const id = crypto.randomBytes(12).toString('hex');
  const pages = Array.from({ length: EACH }, (_, number) => ({ url: `/page/${number}/${id}`, at: Date.now() + number }));
  sessions.set(id, { id, basket: [], pages });
  if (sessions.size > LIMIT) sessions.delete(sessions.keys().next().value);
  return id;
}

http
  .createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'POST') return response.end(JSON.stringify({ id: begin() }));
    return response.end(JSON.stringify({ sessions: sessions.size }));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
