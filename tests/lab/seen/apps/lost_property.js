'use strict';

// Lost property office: things that were found, with a photo of each, which a browser asks for again with its version.

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { knob } = require('../../apps/lib/knobs');

const KINDS = ['umbrella', 'glove', 'phone', 'keys', 'hat', 'violin'];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lost-property-'));
const things = Array.from({ length: 40 }, (_, id) => ({ id, kind: KINDS[id % KINDS.length], shelf: id % 9, version: 3 }));
for (const { id } of things) fs.writeFileSync(photo(id), Buffer.alloc(knob('photo_bytes', 9000), id));

function photo(id) {
  return path.join(folder, `${id}.jpg`);
}

/** Answers with a photo, or that the browser's own is still good: in that case the stream is left as it is. */
function sendPhoto(id, version, response) {
  const thing = things[id % things.length];
  const stream = fs.createReadStream(photo(thing.id));
  stream.once('open', () => {
    if (version === thing.version) return response.writeHead(304).end();
    response.writeHead(200, { 'content-type': 'image/jpeg', etag: String(thing.version) });
    return stream.pipe(response);
  });
  stream.once('error', () => response.writeHead(500).end());
}

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://office');
  const id = Number(searchParams.get('id') ?? 0);
  if (pathname === '/photo') return sendPhoto(id, Number(searchParams.get('version')), response);
  if (pathname === '/things') {
    const kind = KINDS[id % KINDS.length];
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(things.filter((thing) => thing.kind === kind)));
  }
  return response.writeHead(404).end();
});

process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
process.on('SIGTERM', () => process.exit(0));
server.listen(Number(process.env.PORT), '127.0.0.1');
