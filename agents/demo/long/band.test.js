'use strict';

// Takes up to three minutes of a machine that has nothing else to do, so it is not in the default run.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const readline = require('node:readline');
const { test } = require('node:test');
const { BAND } = require('../lib/governor');

const PORTS = { checkout: 3901, reports: 3902 };
const LIMIT = 180_000;

function start(t, name, env) {
  const options = { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] };
  const child = spawn(process.execPath, [path.join(__dirname, '..', `${name}.js`)], options);
  t.after(() => child.kill('SIGKILL'));
  return readline.createInterface({ input: child.stdout });
}

test('the load brings the loop of checkout into its band and keeps it there', { timeout: LIMIT }, async (t) => {
  for (const [name, port] of Object.entries(PORTS)) await once(start(t, name, { PORT: String(port) }), 'line');
  const lines = start(t, 'load', {
    CHECKOUT_URL: `http://127.0.0.1:${PORTS.checkout}`,
    REPORTS_URL: `http://127.0.0.1:${PORTS.reports}`,
  });
  let inBand = 0;
  for await (const line of lines) {
    t.diagnostic(line);
    const busy = Number(/loop (\d+) %/.exec(line)?.[1]) / 100;
    inBand = busy >= BAND.low && busy <= BAND.high ? inBand + 1 : 0;
    if (inBand === 3) break;
  }
  assert.equal(inBand, 3);
});
