'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { Receiver } = require('../testing/receiver');
const { allRuntimes } = require('../testing/runtimes');
const { serve, stop } = require('../testing/service');
const { counts, watch } = require('../testing/watch');

const DURATION = 'http.server.request.duration';
const BLOCKED = 'advisor.nodejs.eventloop.blocked';
const PROBE = path.resolve(__dirname, '..');

const runtimes = allRuntimes();

test('Node.js 20, 22, 24 and 26 are tried', () => {
  const majors = new Set(runtimes.map(({ version }) => Number(/^v(\d+)/.exec(version)[1])));
  for (const major of [22, 24, 26]) assert.ok(majors.has(major), `${[...majors]}`);
});

for (const { version, execPath } of runtimes) {
  test(`${version}: routes of a module, loop, heap and garbage collection arrive`, async (t) => {
    const { receiver, service } = await watch(t, 'module.mjs', { execPath });
    await (await fetch(`${service.url}/users/1`)).text();
    await receiver.until(() => receiver.points(DURATION).length > 0);
    assert.deepEqual(counts(receiver, DURATION, ['http.route']), { '/users/:id': 1 });
    const { metrics, resource } = receiver.exports.at(-1);
    for (const name of ['nodejs.eventloop.utilization', 'nodejs.eventloop.delay.max', 'v8js.memory.heap.used']) {
      assert.ok(metrics[name].points[0].asDouble >= 0, name);
    }
    assert.equal(`v${resource['process.runtime.version']}`, version);
  });

  test(`${version}: a block is named while it lasts, short ones by samples, and the end is told`, async (t) => {
    const env = { ADVISOR_PROBE_WATCH: 'always' };
    const { receiver, service } = await watch(t, 'troubled', { execPath, env });
    await receiver.until((exports) => exports.length >= 2);
    const get = (trouble) => fetch(`${service.url}/${trouble}`).then((answer) => answer.text());
    await get('counting');
    const blocked = await receiver.event(BLOCKED, ({ attributes }) => attributes['advisor.cause'] === 'code');
    assert.equal(blocked.attributes['code.function.name'], 'counting');
    await get('steps');
    const profile = await receiver.event('advisor.nodejs.eventloop.profile');
    assert.equal(profile.attributes['code.function.name'], 'counting');
    const ended = once(service, 'close', { signal: AbortSignal.timeout(20_000) });
    await get('exit');
    assert.deepEqual(await ended, [3, null]);
    assert.equal((await receiver.event('advisor.process.exited')).attributes['advisor.cause'], 'exit');
  });
}

test('it is loaded by --import as well, by path and by address', async (t) => {
  for (const flag of [PROBE, pathToFileURL(path.join(PROBE, 'index.js')).href]) {
    const receiver = await new Receiver().listen();
    const env = { NODE_OPTIONS: `--import ${flag === PROBE ? path.join(PROBE, 'index.js') : flag}` };
    const service = await serve('module.mjs', { endpoint: receiver.endpoint, env });
    t.after(async () => {
      await stop(service);
      await receiver.close();
    });
    const { metrics } = await receiver.until(([first]) => first);
    assert.ok(metrics['v8js.memory.heap.used']);
  }
});
