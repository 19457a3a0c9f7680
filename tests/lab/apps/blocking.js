'use strict';

// A quiet service with one habit that holds up its loop: `habit` says which.

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { offload } = require('./lib/offload');
const { spin } = require('./lib/work');

const file = path.resolve('export.bin'); // in the case's own folder
const rows = Array.from({ length: 300000 }, (_, id) => ({ id, name: `customer ${id}`, tags: ['a', 'b'], total: id / 7 }));

const HABITS = {
  spin: () => spin(knob('heavy_ms', 250)),
  json: () => JSON.stringify(rows.slice(0, knob('rows', 60000))).length,
  regex: () => /^(a+)+$/.test(`${'a'.repeat(knob('letters', 26))}!`),
  pbkdf2: () => crypto.pbkdf2Sync('password', 'salt', knob('rounds', 200000), 32, 'sha256').length,
  // Waits for a disk, not for a processor: each write is on the disk before it returns.
  disk: () => {
    const handle = fs.openSync(file, 'w');
    for (let i = 0; i < knob('writes', 30); i += 1) {
      fs.writeSync(handle, Buffer.alloc(65536), 0, 65536, 0);
      fs.fsyncSync(handle);
    }
    fs.closeSync(handle);
  },
  // Waits for another program, with an idle processor.
  command: () => execFileSync('sleep', [String(knob('sleep_s', 0.3))]),
};

const app = application();
app.get('/light', (request, response) => {
  spin(knob('light_ms', 1));
  response.send('done');
});
app.get('/heavy', async (request, response) => {
  if (knob('threads', 0) > 0) await offload(knob('threads', 0), 'spin', knob('heavy_ms', 250));
  else HABITS[knob('habit', 'spin')]();
  response.send('done');
});
listen(app);
