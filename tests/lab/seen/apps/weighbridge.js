'use strict';

// The weighbridge of a quarry: lorries are weighed on their way in and out, and hauliers fetch their tickets.

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { spin } = require('../../apps/lib/work');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tickets-'));
const TICKETS = 50;
const inside = new Map();
for (let n = 0; n < TICKETS; n += 1) fs.writeFileSync(path.join(folder, `${n}.txt`), `ticket ${n}\n${'gravel 0/16\n'.repeat(900)}`);

function weigh(lorry, response) {
  spin(0.5);
  const gross = 14000 + (lorry * 37) % 26000;
  if (inside.has(lorry)) inside.delete(lorry);
  else inside.set(lorry, gross);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ lorry, gross, inside: inside.size }));
}

// Hauliers ask again and again with what they have: most get "not modified". The file was opened by then.
function ticket(number, known, response) {
  const file = fs.createReadStream(path.join(folder, `${number % TICKETS}.txt`));
  const tag = `v${number % TICKETS}`;
  file.on('error', () => response.writeHead(404).end());
  if (known === tag || known === 'same') return response.writeHead(304, { etag: tag }).end();
  response.writeHead(200, { 'content-type': 'text/plain', etag: tag });
  return file.pipe(response);
}

function route(request, response) {
  const url = new URL(request.url, 'http://quarry');
  const [, first, number] = url.pathname.split('/');
  if (first === 'weigh') return weigh(Number(number), response);
  if (first === 'tickets') return ticket(Number(number), url.searchParams.get('have'), response);
  return response.end('ok');
}

process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
http.createServer(route).listen(Number(process.env.PORT), '127.0.0.1');
