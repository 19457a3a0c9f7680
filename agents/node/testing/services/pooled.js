'use strict';

// Sets the size of libuv's pool in its first lines, and answers how many threads have come since.

const fs = require('node:fs');
const http = require('node:http');

const threads = () => fs.readdirSync('/proc/self/task').length;
const before = threads();
process.env.UV_THREADPOOL_SIZE = '9';

const server = http.createServer((request, response) => {
  fs.stat('.', () => response.end(JSON.stringify({ threads: threads() - before })));
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
