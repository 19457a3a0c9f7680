'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { watch } = require('../testing/watch');

const EXITED = 'advisor.process.exited';
const SCRIPT = path.join(__dirname, '..', 'testing', 'services', 'troubled.js');

async function begun(t, name = 'troubled', options = {}) {
  const { receiver, service } = await watch(t, name, options);
  await receiver.event('advisor.process.started');
  const get = (trouble) => fetch(`${service.url}/${trouble}`).then((answer) => answer.text());
  return { receiver, service, get };
}

function lineOf(name) {
  return fs.readFileSync(SCRIPT, 'utf8').split('\n').findIndex((text) => text.endsWith(`// ${name}`)) + 1;
}

for (const [trouble, code, said] of [
  ['throw', 1, { cause: 'uncaught-exception', type: 'RangeError' }],
  ['reject', 1, { cause: 'unhandled-rejection', type: 'RangeError' }],
  ['exit', 3, { cause: 'exit' }],
  ['leave', 0, { cause: 'out-of-work' }],
]) {
  test(`${trouble}: how a process ends is told, and nothing of what was thrown but its class`, async (t) => {
    const { receiver, service, get } = await begun(t);
    const ended = once(service, 'close', { signal: AbortSignal.timeout(20_000) });
    await get(trouble);
    assert.deepEqual(await ended, [code, null]);
    const { attributes, payload } = await receiver.event(EXITED);
    assert.equal(attributes['advisor.cause'], said.cause);
    assert.equal(attributes['process.exit.code'], code);
    assert.equal(attributes['exception.type'], said.type);
    assert.equal(attributes['advisor.process.exit.active_requests'], 0);
    assert.equal(attributes['code.file.path'], said.type && SCRIPT);
    assert.equal(attributes['code.line.number'], said.type && lineOf(trouble));
    assert.ok(!JSON.stringify(payload).includes('secret'));
  });
}

test('requests that a process leaves unanswered as it ends are told', async (t) => {
  const { receiver, service, get } = await begun(t);
  const ended = once(service, 'close', { signal: AbortSignal.timeout(20_000) });
  const open = await Promise.all([1, 2].map(() => fetch(`${service.url}/hang`)));
  await get('exit');
  await Promise.all([ended, ...open.map((answer) => answer.text().catch(() => {}))]);
  assert.equal((await receiver.event(EXITED)).attributes['advisor.process.exit.active_requests'], 2);
});

test('an error that the service survives is counted, and is not why it ends later', async (t) => {
  const { receiver, service, get } = await begun(t);
  await get('survive');
  const counted = () => receiver.points('advisor.nodejs.error.unhandled').reduce((sum, { asDouble }) => sum + asDouble, 0);
  await receiver.until(() => counted() === 1);
  const { length } = receiver.exports;
  await receiver.until((exports) => exports.length >= length + 3); // more than a second later
  const ended = once(service, 'close', { signal: AbortSignal.timeout(20_000) });
  await get('exit');
  await ended;
  const { attributes } = await receiver.event(EXITED);
  assert.equal(attributes['advisor.cause'], 'exit');
  assert.equal(attributes['exception.type'], undefined);
});

test('a primary tells how its workers end, by code and by signal', async (t) => {
  const { receiver, service } = await begun(t, 'clustered');
  const roles = (exports) => new Map(exports.map(({ resource }) => [resource['process.pid'], resource]));
  const found = await receiver.until((exports) => roles(exports).size === 3 && roles(exports));
  const [worker] = [...found.values()].filter((resource) => resource['advisor.cluster.role'] === 'worker');
  assert.ok([1, 2].includes(worker['advisor.cluster.worker.id']));
  process.kill(worker['process.pid'], 'SIGKILL');
  const { attributes, resource } = await receiver.event(EXITED);
  assert.equal(resource['process.pid'], service.pid);
  assert.equal(attributes['advisor.process.exited.pid'], worker['process.pid']);
  assert.equal(attributes['advisor.process.exit.signal'], 'SIGKILL');
  assert.equal(attributes['advisor.cause'], 'signal');
});

test('a process that ends within two seconds of its start is told of too', async (t) => {
  const { receiver, service, get } = await begun(t, 'troubled', { interval: 60 });
  const ended = once(service, 'close', { signal: AbortSignal.timeout(20_000) });
  await get('throw');
  await ended;
  assert.equal((await receiver.event(EXITED)).attributes['advisor.cause'], 'uncaught-exception');
  assert.equal(receiver.exports.length, 0);
});
