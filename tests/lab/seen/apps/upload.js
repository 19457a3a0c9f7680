'use strict';

// Takes files, keeps them in a folder, and has a virus scanner look at them. The scanner is a program of its own.

const fs = require('node:fs');
const path = require('node:path');
const { execFile, execFileSync } = require('node:child_process');
const { application, listen } = require('../../apps/lib/service');
const { knob } = require('../../apps/lib/knobs');

const FOLDER = process.env.SPOOL;
const files = new Map();
let number = 0;

// A scanner that asks its daemon and waits for the answer.
function command(file) {
  return ['/bin/sh', ['-c', `sleep ${knob('scan_seconds', 0.2)}; test -s "$0"`, file]];
}

function scan(file, done) {
  const [program, words] = command(file);
  if (!knob('waits_for_scanner', false)) return execFile(program, words, done);
  execFileSync(program, words);
  return done();
}

const app = application();

app.get('/files/:name', (request, response) => {
  response.json({ name: request.params.name, bytes: files.get(request.params.name) ?? 0 });
});

app.post('/files', (request, response) => {
  number += 1;
  const name = `upload-${number % 200}`;
  const file = path.join(FOLDER, name);
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    fs.open(file, 'w', (error, descriptor) => {
      if (error) return response.status(503).end();
      const body = Buffer.concat(chunks);
      return fs.write(descriptor, body, () =>
        scan(file, () => {
          // A client that has left needs no answer. With the fault, its file is forgotten as it is: open.
          if (response.destroyed && knob('forgets', false)) return;
          fs.close(descriptor, () => {
            files.set(name, body.length);
            if (!response.destroyed) response.status(201).json({ name });
          });
        }),
      );
    });
  });
});

listen(app);
