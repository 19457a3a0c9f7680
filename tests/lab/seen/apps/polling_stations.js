'use strict';

// Election night: whoever asks for a station's next count waits for it, and its protocol is open meanwhile.

const fs = require('node:fs');
const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { rest } = require('../../apps/lib/work');

const counts = Array.from({ length: 120 }, (_, station) => ({ station, counted: 0, valid: 900 + station }));

/** The next count of a station, read from its protocol once it is in. */
async function next(station) {
  const protocol = await fs.promises.open(__filename, 'r');
  try {
    await rest(knob('count_ms', 8000));
    const { buffer } = await protocol.read(Buffer.alloc(64), 0, 64, 0);
    counts[station].counted += 1;
    return { ...counts[station], check: buffer.readUInt16BE(0) };
  } finally {
    await protocol.close();
  }
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

const server = http.createServer((request, response) => {
  const [, kind, number] = request.url.split('/');
  const station = Number(number ?? 0) % counts.length;
  if (kind !== 'next') return send(response, 200, counts[station]);
  return next(station).then(
    (count) => send(response, 200, count),
    (error) => send(response, 503, { error: error.code }),
  );
});
server.listen(Number(process.env.PORT), '127.0.0.1');
