'use strict';

// The settings of a service that its case can change while it runs: a file of JSON, read again when it changes.

const fs = require('node:fs');
const path = require('node:path');

const FILE = process.env.LAB_KNOBS;
let values = {};

function read() {
  try {
    values = JSON.parse(fs.readFileSync(FILE, 'utf8'));
  } catch {
    // It is being replaced: the next change tells.
  }
}

if (FILE) {
  read();
  const name = path.basename(FILE);
  fs.watch(path.dirname(FILE), { persistent: false }, (_, changed) => changed === name && read());
}

/** The value that the case sets now, or `otherwise`. */
function knob(name, otherwise) {
  return values[name] ?? otherwise;
}

module.exports = { knob };
