'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const readline = require('node:readline');

const PROBE = path.resolve(__dirname, '..');

/**
 * Starts a program of `services/` with the probe, as a user would.
 * @param {string} name file name, without extension for .js, or the path of another program
 * @param {{endpoint?: string, env?: object, args?: string[], interval?: number, probe?: string}} options
 *   and `execPath`, another Node.js, and `flags`, its own options
 * @returns {import('node:child_process').ChildProcess & {output: string, errors: string}}
 */
function start(name, options = {}) {
  const { endpoint, env = {}, args = [], interval = 0.5, probe = PROBE, execPath = process.execPath } = options;
  const { flags = [] } = options;
  const file = path.extname(name) ? name : `${name}.js`;
  const script = name.includes('/') ? name : path.join(__dirname, 'services', file);
  const child = spawn(execPath, [...flags, script, ...args], {
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: probe ? `--require ${probe}` : '',
      ADVISOR_PROBE_INTERVAL: String(interval),
      ...(endpoint && { ADVISOR_PROBE_ENDPOINT: endpoint }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.output = '';
  child.errors = '';
  child.stdout.on('data', (chunk) => (child.output += chunk));
  child.stderr.on('data', (chunk) => (child.errors += chunk));
  child.lines = readline.createInterface({ input: child.stdout });
  return child;
}

/** Starts a program that prints its port, and returns it with `url`. */
async function serve(name, options) {
  const child = start(name, options);
  const [line] = await once(child.lines, 'line', { signal: AbortSignal.timeout(30_000) });
  child.port = Number(line);
  child.url = `http://127.0.0.1:${child.port}`;
  return child;
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

module.exports = { serve, start, stop };
