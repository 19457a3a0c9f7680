'use strict';

const { once } = require('node:events');
const http = require('node:http');
const { WebSocketServer } = require('ws');

/**
 * A server for the calls of a service: paths `fine`, `fault`, `cut` (breaks off in the middle) and `slow`
 * (waits for `release()`); it takes WebSockets too. Nobody listens on its port `refusing`.
 */
async function startCallee() {
  const held = [];
  const answers = {
    '/fault': (response) => response.writeHead(503).end('fault'),
    '/cut': (response) => response.writeHead(200, { 'Content-Length': 100 }).write('a', () => response.destroy()),
    '/slow': (response) => held.push(() => response.end('slow')),
  };
  const fine = (response) => response.end('fine');
  const server = http.createServer((request, response) => (answers[request.url] ?? fine)(response));
  const sockets = new WebSocketServer({ server });
  const refusing = await portOfNobody();
  const port = await listening(server);
  const stop = () => {
    sockets.close();
    server.close();
    server.closeAllConnections();
  };
  const release = () => held.splice(0).forEach((end) => end());
  return { port, url: `http://127.0.0.1:${port}`, refusing, release, stop };
}

async function portOfNobody() {
  const server = http.createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

module.exports = { startCallee };
