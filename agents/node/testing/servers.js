'use strict';

const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const readline = require('node:readline');

const PYTHON = process.env.PYTHON || path.resolve(__dirname, '../../../.venv/bin/python');
const SCRIPT = path.join(__dirname, 'servers.py');

/**
 * Why the tests of a real server cannot run here, for `skip`; false where they can, and where
 * ADVISOR_REQUIRE_ALL is set, so that they fail.
 * @param {'mariadb' | 'postgresql' | 'valkey'} name
 */
function missing(name) {
  if (process.env.ADVISOR_REQUIRE_ALL || spawnSync(PYTHON, [SCRIPT, '--check', name]).status === 0) return false;
  return `${name} cannot be had here`;
}

/**
 * Starts a real server. It ends with `stop()`, and when this process ends.
 * @param {'mariadb' | 'postgresql' | 'valkey'} name
 * @returns {Promise<{place: object, stop: () => Promise<void>}>} with the options by which a client connects
 */
async function startServer(name) {
  const child = spawn(PYTHON, [SCRIPT, name], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line', { signal: AbortSignal.timeout(60_000) });
  const stop = async () => {
    child.stdin.end();
    await once(child, 'exit');
  };
  return { place: JSON.parse(line), stop };
}

module.exports = { missing, startServer };
