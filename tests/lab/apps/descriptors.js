'use strict';

// Open descriptors: files that are never closed, and answers that take long.

const fs = require('node:fs');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { rest, spin } = require('./lib/work');

const handles = [];

const app = application();
app.get('/forget', (request, response) => {
  for (let i = 0; i < knob('files', 1); i += 1) handles.push(fs.openSync(__filename, 'r'));
  spin(knob('cpu_ms', 0.5));
  response.send('done');
});
app.get('/slow', async (request, response) => {
  await rest(knob('wait_ms', 2000));
  fs.promises.readFile(__filename).then(
    () => response.send('done'),
    (error) => response.status(500).send(error.code),
  );
});
app.get('/light', (request, response) => response.send('done'));
listen(app);
