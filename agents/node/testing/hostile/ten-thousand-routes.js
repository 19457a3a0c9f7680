'use strict';

// 10,000 routes, each asked once; says how much the heap grew from the first thousand on.
const http = require('node:http');
const express = require('express');

const COUNT = 10_000;
const app = express();
app.get('/:name', (request, response) => {
  request.route = { path: request.url }; // a pattern of its own for each
  response.end();
});
const server = app.listen(0, '127.0.0.1', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const get = (path) =>
    new Promise((resolve) => {
      http.get({ port: server.address().port, path, agent }, (response) => response.resume().on('end', resolve));
    });
  let before;
  for (let i = 0; i < COUNT; i++) {
    await get(`/route-${i}`);
    if (i === COUNT / 10) before = used();
  }
  console.log(used() - before < 2 * 1024 * 1024 ? 'bounded' : `grew by ${used() - before}`);
  agent.destroy();
  server.close();
});

function used() {
  gc();
  return process.memoryUsage().heapUsed;
}
