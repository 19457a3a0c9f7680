'use strict';

// Work of libuv's thread pool beside light requests: passwords that are hashed, archives that are packed, and files of
// a storage that lets its readers wait. The slow storage is a pipe that is opened for writing every `slow_ms`.

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const { execFileSync, spawn } = require('node:child_process');
const { promisify } = require('node:util');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { spin } = require('./lib/work');

const pbkdf2 = promisify(crypto.pbkdf2);
const gzip = promisify(zlib.gzip);
const text = Buffer.from(Array.from({ length: 200000 }, (_, i) => String(i * 7919)).join(','));

const pipe = path.join(path.dirname(process.env.LAB_KNOBS), `storage-${process.pid}`);
if (knob('slow_ms', 0) > 0) {
  execFileSync('mkfifo', [pipe]);
  const pause = knob('slow_ms', 0) / 1000;
  spawn('/bin/sh', ['-c', `while [ -d /proc/${process.pid} ]; do sleep ${pause}; timeout 1 sh -c ': > ${pipe}'; done`]);
}

const app = application();
app.get('/file', async (request, response) => {
  const handle = await fs.promises.open(pipe, 'r');
  await handle.close();
  response.send('done');
});
app.get('/hash', async (request, response) => {
  await pbkdf2('password', 'salt', knob('rounds', 40000), 32, 'sha256');
  response.send('done');
});
app.get('/zip', async (request, response) => {
  response.send(String((await gzip(text)).length));
});
app.get('/light', (request, response) => {
  spin(knob('light_ms', 0.5));
  response.send('done');
});
listen(app);
