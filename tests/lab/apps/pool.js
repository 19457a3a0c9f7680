'use strict';

// Work of libuv's thread pool beside light requests: passwords that are hashed, archives that are packed, and files of
// a storage that lets its readers wait for half of `slow_ms` on average.

const crypto = require('node:crypto');
const zlib = require('node:zlib');
const { promisify } = require('node:util');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { storage } = require('./lib/storage');
const { spin } = require('./lib/work');

const pbkdf2 = promisify(crypto.pbkdf2);
const gzip = promisify(zlib.gzip);
const text = Buffer.from(Array.from({ length: 200000 }, (_, i) => String(i * 7919)).join(','));

const read = knob('slow_ms', 0) > 0 ? storage(knob('slow_ms', 0)) : null;

const app = application();
app.get('/file', async (request, response) => {
  await read();
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
