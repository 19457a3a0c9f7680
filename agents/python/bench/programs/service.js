'use strict';

// A small service: says its port, and ends with the bench.

const http = require('node:http');

const server = http.createServer((request, response) => response.end('{"ok":true}'));
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit());
