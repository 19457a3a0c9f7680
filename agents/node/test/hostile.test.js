'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { Receiver } = require('../testing/receiver');
const { allRuntimes } = require('../testing/runtimes');
const { start } = require('../testing/service');

const FOLDER = path.join(__dirname, '..', 'testing', 'hostile');
const NOBODY = 'http://127.0.0.1:9';
const PERMISSION = { 20: '--experimental-permission' };

/** How a program ends and what it says. */
async function run(name, options) {
  const service = start(path.join(FOLDER, `${name}.js`), { interval: 0.2, ...options });
  const [code, signal] = await once(service, 'close', { signal: AbortSignal.timeout(60_000) });
  const errors = service.errors.replaceAll(`(node:${service.pid})`, '(node)');
  return { code, signal, output: service.output, errors };
}

/** With the probe, its agent there or not, a program is to be as without it. */
async function assertSame(t, name, options = {}) {
  const receiver = await new Receiver().listen();
  t.after(() => receiver.close());
  const bare = await run(name, { ...options, probe: '' });
  for (const watch of ['auto', 'always']) {
    for (const endpoint of [receiver.endpoint, NOBODY]) {
      const env = { ...options.env, ADVISOR_PROBE_WATCH: watch };
      assert.deepEqual(await run(name, { ...options, endpoint, env }), bare, `${watch}, ${endpoint}`);
    }
  }
  return { bare, receiver };
}

for (const [name, expected] of [
  ['closed-output', { code: 5, output: 'gone\n' }],
  ['patched-globals', { code: 0, output: 'done\nexit 0\n' }],
  ['throwing-on', { code: 1, output: 'exit 1\n' }],
  ['exits-at-once', { code: 7, output: 'begin\n' }],
  ['ten-listeners', { code: 0, output: 'done\n' }],
  ['rejects-late', { code: 0, output: 'rejected: late\nhandled\ncaught: thrown uncaughtException\ndone\n' }],
  ['frozen', { code: 0, output: '200\n' }],
]) {
  test(`${name}: the same end and the same words as without the probe`, async (t) => {
    const { bare } = await assertSame(t, name);
    assert.deepEqual({ code: bare.code, output: bare.output }, expected);
  });
}

for (const { version, execPath } of allRuntimes()) {
  test(`${version}: frozen intrinsics`, async (t) => {
    const { bare } = await assertSame(t, 'exits-at-once', { execPath, flags: ['--frozen-intrinsics', '--no-warnings'] });
    assert.equal(bare.code, 7);
  });

  test(`${version}: under the permission model, with reading alone allowed`, async (t) => {
    const permission = PERMISSION[Number(/^v(\d+)/.exec(version)[1])] ?? '--permission';
    const flags = [permission, '--allow-fs-read=*', '--no-warnings'];
    const { bare } = await assertSame(t, 'rejects-late', { execPath, flags });
    assert.equal(bare.code, 0);
  });
}

test('10,000 routes: the memory of the probe stays within its bound', async () => {
  assert.deepEqual(await run('ten-thousand-routes', { endpoint: NOBODY, flags: ['--expose-gc'] }), {
    ...{ code: 0, signal: null, output: 'bounded\n', errors: '' },
  });
});

test('an hour without the agent: the memory of the probe stays within its bound', async () => {
  const env = { ADVISOR_PROBE_WATCH: 'never' };
  assert.deepEqual(await run('hour-without-agent', { endpoint: NOBODY, interval: 60, env, flags: ['--expose-gc'] }), {
    ...{ code: 0, signal: null, output: 'bounded\n', errors: '' },
  });
});
