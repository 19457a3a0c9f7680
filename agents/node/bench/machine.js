'use strict';

const { spawnSync } = require('node:child_process');
const os = require('node:os');

// The servers have one processor for themselves, this process and its load another.
const SERVER_CORE = 0;
const LOAD_CORE = 1;

const pinned = os.availableParallelism() > 1 && spawnSync('taskset', ['--version']).error === undefined;

/** The command line that keeps a server on its own processor; the command itself where that cannot be. */
function onServerCore(command) {
  return pinned ? ['taskset', '-c', String(SERVER_CORE), ...command] : command;
}

/** Keeps this process, and the load that it starts, off the servers' processor. */
function leaveServerCore() {
  if (pinned) spawnSync('taskset', ['-cp', String(LOAD_CORE), String(process.pid)]);
}

/** One line about where the figures come from. */
function describe() {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  const load = os.loadavg().map((average) => average.toFixed(2));
  return (
    `${os.cpus().length} x ${cpu?.model ?? 'unknown processor'}, ${memory} GiB, ${os.type()} ${os.release().split('-')[0]}, ` +
    `Node.js ${process.versions.node}, load average ${load.join(' ')}, ` +
    (pinned ? 'server and load on a processor each' : 'server and load not pinned')
  );
}

module.exports = { describe, leaveServerCore, onServerCore };
