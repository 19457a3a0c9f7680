'use strict';

// A storage that lets its readers wait: pipes that somebody opens for writing every `ms`. Whoever opens one for reading
// holds a thread of libuv's until then, half of `ms` on average, however many wait beside it.
//
// Run by itself, this file is that somebody: `node storage.js FOLDER MS`. Its end is that of its input.

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync, spawn } = require('node:child_process');

// More than a pool has threads: pipes are taken in turn, so no two readers ever wait at the same one.
const COUNT = 128;

function pipes(folder) {
  return Array.from({ length: COUNT }, (_, n) => path.join(folder, String(n)));
}

/** A function that reads from a slow storage once. */
function storage(ms) {
  const folder = fs.mkdtempSync(path.join(path.dirname(process.env.LAB_KNOBS), 'storage-'));
  const names = pipes(folder);
  execFileSync('mkfifo', names);
  const env = { ...process.env, NODE_OPTIONS: '', OTEL_SERVICE_NAME: 'lab-storage' };
  spawn(process.execPath, [__filename, folder, String(ms)], { env, stdio: ['pipe', 'ignore', 'inherit'] });
  let next = 0;
  return async () => {
    const handle = await fs.promises.open(names[next++ % COUNT], 'r');
    await handle.close();
  };
}

/** Let go whoever waits at this pipe; does nothing where nobody does. */
function release(name) {
  try {
    fs.closeSync(fs.openSync(name, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK));
  } catch (error) {
    if (error.code !== 'ENXIO') throw error;
  }
}

function serve(folder, ms) {
  // One after another would let a reader that goes from pipe to pipe through at once.
  for (const name of pipes(folder)) setTimeout(() => setInterval(release, ms, name), Math.random() * ms);
  process.stdin.on('end', () => process.exit(0)).resume();
}

if (require.main === module) serve(process.argv[2], Number(process.argv[3]));

module.exports = { storage };
