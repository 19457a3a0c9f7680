'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const identity = require('../lib/identity');

const SCRIPT = path.join(__dirname, '..', 'testing', 'services', 'plain.js');

test('a configured name weighs most, then PM2, the package and the script', () => {
  const name = (env, configured = {}, script = SCRIPT) => identity.serviceName(env, configured, script);
  const pm2 = { name: 'from-pm2', pm_id: '0' };
  assert.deepEqual(name({ OTEL_SERVICE_NAME: 'mine', ...pm2 }), { name: 'mine', source: 'configured' });
  assert.deepEqual(name(pm2, { 'service.name': 'mine' }), { name: 'mine', source: 'configured' });
  assert.deepEqual(name(pm2), { name: 'from-pm2', source: 'pm2' });
  assert.deepEqual(name({}), { name: '@scaling-advisor/probe', source: 'package', version: '0.1.0' });
  assert.deepEqual(name({}, {}, '/nowhere/shop.mjs'), { name: 'shop', source: 'script' });
});

test('a `name` in the environment that PM2 did not set is no name', () => {
  assert.equal(identity.serviceName({ name: 'somebody' }, {}, SCRIPT).source, 'package');
});

test('the systemd unit is read from both versions of control groups', () => {
  assert.equal(identity.systemdUnit('0::/system.slice/shop.service'), 'shop');
  assert.equal(identity.systemdUnit('9:name=systemd:/system.slice/web@1.service\n4:memory:/'), 'web');
  assert.equal(identity.systemdUnit('0::/system.slice/my\\x2dshop.service/workers'), 'my-shop');
  assert.equal(identity.systemdUnit('0::/user.slice/user-1.slice/user@1.service/app.slice/shop.service'), 'shop');
});

test('a login session and a unit that runs the programs of others are no name', () => {
  assert.equal(identity.systemdUnit('0::/system.slice/ssh.service'), undefined);
  assert.equal(identity.systemdUnit('12:cpu:/system.slice/shop.service'), undefined);
  assert.equal(identity.systemdUnit('0::/user.slice/user-1.slice/session-1.scope'), undefined);
  assert.equal(identity.systemdUnit('0::/user.slice/user-1.slice/user@1.service/init.scope'), undefined);
  assert.equal(identity.systemdUnit(''), undefined);
});

test('the nearest package.json with a name counts, a broken or nameless one does not', (t) => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'identity-'));
  t.after(() => fs.rmSync(root, { recursive: true }));
  fs.mkdirSync(path.join(root, 'dist', 'inner'), { recursive: true });
  fs.writeFileSync(path.join(root, 'package.json'), '{"name": "shop"}');
  fs.writeFileSync(path.join(root, 'dist', 'package.json'), '{"type": "module"}');
  fs.writeFileSync(path.join(root, 'dist', 'inner', 'package.json'), '{');
  assert.equal(identity.nearestPackage(path.join(root, 'dist', 'inner', 'main.js')).name, 'shop');
});

test('a tool from node_modules is named by the project that runs it', () => {
  assert.equal(identity.nearestPackage('/srv/app/node_modules/.bin/next').name, '@scaling-advisor/probe');
});

test('resource attributes are decoded, and a broken one is kept as it is', () => {
  const parsed = identity.parseAttributes('service.name=a%20b, service.namespace = shop,x=%E0%A4%A');
  assert.deepEqual(parsed, { 'service.name': 'a b', 'service.namespace': 'shop', x: '%E0%A4%A' });
  assert.equal(identity.parseAttributes(undefined)['service.name'], undefined);
});

test('a process that a shell became by exec keeps the start that the kernel knows', () => {
  const program = 'console.log(require(process.argv[1]).creationTime())';
  const before = Date.now();
  const command = [process.execPath, '-e', program, require.resolve('../lib/identity')];
  const created = execFileSync('sh', ['-c', 'sleep 1.2; exec "$@"', 'sh', ...command]);
  assert.ok(Math.abs(Number(created) - before) < 1000, `${created} is near ${before}`);
});
