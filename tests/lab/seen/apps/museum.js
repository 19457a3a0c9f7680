'use strict';

// Audio guides of a museum: the players ask first how long a piece is (HEAD), and fetch it when a visitor wants it.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { knob } = require('../../apps/lib/knobs');

const ROOMS = 24;
const folder = path.resolve('audio'); // in the case's own folder
fs.mkdirSync(folder, { recursive: true });
for (let room = 0; room < ROOMS; room += 1) {
  fs.writeFileSync(path.join(folder, `${room}.ogg`), Buffer.alloc(1024 * (20 + room), room));
}

function piece(request, response, room) {
  fs.open(path.join(folder, `${room % ROOMS}.ogg`), 'r', (error, handle) => {
    if (error) return response.writeHead(error.code === 'ENOENT' ? 404 : 503).end(error.code);
    fs.fstat(handle, (_, { size }) => {
      response.writeHead(200, { 'content-type': 'audio/ogg', 'content-length': size });
      if (request.method === 'HEAD') return response.end();
      return fs.createReadStream('', { fd: handle }).pipe(response);
    });
  });
}

const server = http.createServer((request, response) => {
  const [, kind, room] = request.url.split('/');
  if (kind === 'audio') return piece(request, response, Number(room));
  if (kind === 'rooms') {
    const rooms = Array.from({ length: ROOMS }, (_, id) => ({ id, floor: id % 3, pieces: knob('pieces', 5) }));
    return response.end(JSON.stringify(rooms));
  }
  return response.end('ok');
});
server.listen(Number(process.env.PORT), '127.0.0.1');
