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

test('under PM2 every process reports under the name it has there, and PM2 itself does not', async (t) => {
  const receiver = await new Receiver().listen();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'probe-pm2-'));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    PM2_HOME: home,
    NODE_OPTIONS: `--require ${ROOT}`,
    ADVISOR_PROBE_ENDPOINT: receiver.endpoint,
    ADVISOR_PROBE_INTERVAL: '0.5',
  };
  const pm2 = (...args) => promisify(execFile)(path.join(ROOT, 'node_modules', '.bin', 'pm2'), args, { env });
  t.after(async () => {
    await pm2('kill'); // the daemon and its services
    await receiver.close();
    fs.rmSync(home, { recursive: true, force: true });
  });
  await pm2('start', CONFIG);
  const names = (exports) => new Map(exports.map(({ resource }) => [resource['process.pid'], resource]));
  const found = await receiver.until((exports) => names(exports).size >= 3 && names(exports), { timeout: 60_000 });
  const services = [...found.values()].map((resource) => resource['service.name']).toSorted();
  assert.deepEqual(services, ['alone', 'many', 'many']);
  for (const resource of found.values()) assert.equal(resource['advisor.service.name.source'], 'pm2');
});
