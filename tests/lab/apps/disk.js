'use strict';

// Writes a log to `DISK`, so many kilobytes a request, and rotates it if told so.

const fs = require('node:fs');
const path = require('node:path');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');

const file = path.join(process.env.DISK, 'requests.log');
let written = 0;

const app = application();
app.get('/log', async (request, response) => {
  const kilobytes = knob('kb', 10);
  written += kilobytes;
  try {
    await fs.promises.appendFile(file, 'x'.repeat(kilobytes * 1024));
    if (knob('rotate_kb', 0) > 0 && written > knob('rotate_kb', 0)) {
      written = 0;
      await fs.promises.truncate(file);
    }
    response.send('done');
  } catch (error) {
    response.status(507).send(error.code);
  }
});
listen(app);
