'use strict';

const cluster = require('node:cluster');
const http = require('node:http');

if (cluster.isPrimary) {
  cluster.on('listening', (worker, { port }) => console.log(port));
  for (let i = 0; i < 2; i++) cluster.fork();
} else {
  http.createServer((request, response) => response.end(String(process.pid))).listen(0, '127.0.0.1');
}
