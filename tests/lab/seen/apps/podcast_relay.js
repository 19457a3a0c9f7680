'use strict';

// Streams podcast episodes from the studio's origin to listeners, and keeps a copy of each stream on disk as it passes.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const origin = new http.Agent({ keepAlive: true });
let number = 0;

function stream(copy, file, response) {
  const upstream = http.get(process.env.ORIGIN_URL, { agent: origin }, (episode) => {
    episode.on('data', (chunk) => {
      copy.write(chunk);
      response.write(chunk);
    });
    episode.on('end', () => {
      copy.end(() => fs.unlink(file, () => {}));
      response.end();
    });
  });
  upstream.on('error', (error) => {
    copy.end(() => fs.unlink(file, () => {}));
    if (!response.headersSent) response.writeHead(502);
    response.end(error.code);
  });
}

const server = http.createServer((request, response) => {
  if (!request.url.startsWith('/episodes/')) return response.end('ok');
  number += 1;
  const file = path.join(process.env.SPOOL, `${process.pid}-${number}.part`);
  const copy = fs.createWriteStream(file);
  copy.on('error', (error) => {
    if (!response.headersSent) response.writeHead(503);
    response.end(error.code);
  });
  copy.on('open', () => stream(copy, file, response));
  return undefined;
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
