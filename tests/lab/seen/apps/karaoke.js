'use strict';

// Karaoke: a song lies on the disk as a dozen stems, which are read side by side for as long as its preview plays.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { knob } = require('../../apps/lib/knobs');
const { rest } = require('../../apps/lib/work');

const SONGS = 20;
const STEMS = 12;
const folder = path.resolve('stems'); // in the case's own folder
fs.mkdirSync(folder, { recursive: true });
for (let song = 0; song < SONGS; song += 1) {
  for (let stem = 0; stem < STEMS; stem += 1) {
    fs.writeFileSync(path.join(folder, `${song}-${stem}.wav`), Buffer.alloc(8192, stem));
  }
}

async function preview(song) {
  const names = Array.from({ length: STEMS }, (_, stem) => path.join(folder, `${song}-${stem}.wav`));
  const opened = await Promise.allSettled(names.map((name) => fs.promises.open(name)));
  const stems = opened.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  try {
    if (stems.length < STEMS) throw opened.find(({ status }) => status === 'rejected').reason;
    let sum = 0;
    for (let part = 0; part < 4; part += 1) {
      const pieces = await Promise.all(stems.map((stem) => stem.read(Buffer.alloc(2048), 0, 2048, part * 2048)));
      sum += pieces.reduce((total, { buffer }) => total + buffer[part], 0);
      await rest(knob('part_ms', 500));
    }
    return sum;
  } finally {
    await Promise.all(stems.map((stem) => stem.close()));
  }
}

const server = http.createServer((request, response) => {
  const [, kind, song] = request.url.split('/');
  if (kind === 'preview') {
    return preview(Number(song) % SONGS).then(
      (sum) => response.end(String(sum)),
      (error) => response.writeHead(503).end(error.code),
    );
  }
  if (kind === 'songs') return response.end(JSON.stringify(Array.from({ length: SONGS }, (_, id) => `song ${id}`)));
  return response.end('ok');
});
server.listen(Number(process.env.PORT), '127.0.0.1');
