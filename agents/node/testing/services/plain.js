'use strict';

const http = require('node:http');
const { performance } = require('node:perf_hooks');

const answers = {
  '/fail': (response) => response.writeHead(503).end(),
  '/silent': () => {},
  '/block': (response) => {
    const end = performance.now() + 300;
    while (performance.now() < end);
    response.end('blocked');
  },
};

const server = http.createServer((request, response) => {
  const answer = answers[request.url] ?? (() => response.end(request.headers.upgrade ?? 'ok'));
  answer(response);
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
