// Opens a file a few times a second and never closes it.
const fs = require('node:fs');
const http = require('node:http');

const kept = [];
http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
setInterval(() => {
  for (let count = 0; count < 40 && kept.length < 800; count += 1) kept.push(fs.openSync(__filename));
}, 100);
