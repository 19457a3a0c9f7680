'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { counts, watch } = require('../testing/watch');

const ROOT = path.resolve(__dirname, '..');

/** The package as a stranger has it: packed here, installed where there is nothing else. */
function installed(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'probe-package-'));
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [{ filename, files }] = JSON.parse(npm(['pack', '--json', '--pack-destination', directory], ROOT));
  fs.writeFileSync(path.join(directory, 'package.json'), '{"name": "stranger", "private": true}');
  npm(['install', '--offline', '--no-audit', '--no-fund', path.join(directory, filename)], directory);
  return { directory, files: files.map(({ path: name }) => name) };
}

test('the package works where there is nothing else of ours, and holds what it needs and no more', async (t) => {
  const { directory, files } = installed(t);
  assert.deepEqual(files.filter((name) => !/^(lib\/.*\.js|index\.(js|d\.ts)|package\.json|README\.md)$/.test(name)), []);
  assert.deepEqual(fs.readdirSync(path.join(directory, 'node_modules')).filter((name) => !name.startsWith('.')), [
    '@scaling-advisor',
  ]);
  const script = path.join(directory, 'server.js');
  fs.copyFileSync(path.join(ROOT, 'testing', 'services', 'plain.js'), script);
  const probe = path.join(directory, 'node_modules', '@scaling-advisor', 'probe');
  const { receiver, service } = await watch(t, script, { probe });
  await (await fetch(`${service.url}/`)).text();
  await receiver.until(() => receiver.points('http.server.request.duration').length > 0);
  assert.deepEqual(counts(receiver, 'http.server.request.duration', ['http.request.method']), { GET: 1 });
  await receiver.event('advisor.process.started');
});

test('its README fits one screen', () => {
  const lines = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').trimEnd().split('\n');
  assert.ok(lines.length <= 50, `${lines.length} lines`);
});
