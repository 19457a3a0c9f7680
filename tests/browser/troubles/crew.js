// A cluster: a primary and four workers that share a port.
const cluster = require('node:cluster');
const http = require('node:http');

if (cluster.isPrimary) {
  for (let count = 0; count < 4; count += 1) cluster.fork();
} else {
  http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
}
