'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { Receiver } = require('../testing/receiver');

const ROOT = path.resolve(__dirname, '..');
const CONFIG = path.join(ROOT, 'testing', 'services', 'pm2.config.js');

/** A PM2 of its own and a receiver; both end with the test. */
async function started(t) {
  const receiver = await new Receiver().listen();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'probe-pm2-'));
  const own = { PATH: process.env.PATH, HOME: home, PM2_HOME: home };
  const told = { ADVISOR_PROBE_ENDPOINT: receiver.endpoint, ADVISOR_PROBE_INTERVAL: '0.5' };
  const pm2 = (args, more = {}) =>
    promisify(execFile)(path.join(ROOT, 'node_modules', '.bin', 'pm2'), args, { env: { ...own, ...told, ...more } });
  t.after(async () => {
    await pm2(['kill']); // the daemon and its services
    await receiver.close();
    fs.rmSync(home, { recursive: true, force: true });
  });
  return { receiver, pm2 };
}

/** Waits for three processes and checks that each has the name that PM2 gave it. */
async function allReport(receiver) {
  const names = (exports) => new Map(exports.map(({ resource }) => [resource['process.pid'], resource]));
  const found = await receiver.until((exports) => names(exports).size >= 3 && names(exports), { timeout: 60_000 });
  const services = [...found.values()].map((resource) => resource['service.name']).toSorted();
  assert.deepEqual(services, ['alone', 'many', 'many']);
  for (const resource of found.values()) assert.equal(resource['advisor.service.name.source'], 'pm2');
}

test('under PM2 every process reports under the name it has there, and PM2 itself does not', async (t) => {
  const { receiver, pm2 } = await started(t);
  await pm2(['start', CONFIG], { NODE_OPTIONS: `--require ${ROOT}` });
  await allReport(receiver);
});

test('what runs under PM2 already gets the probe by node_args, in a cluster as well', async (t) => {
  const { receiver, pm2 } = await started(t);
  await pm2(['start', CONFIG]);
  await pm2(['restart', CONFIG], { NODE_ARGS: `--require ${ROOT}` });
  await allReport(receiver);
});
