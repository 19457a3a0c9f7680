'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { pathToFileURL } = require('node:url');
const { Worker } = require('node:worker_threads');
const { letGo, show } = require('../lib/stacks');
const { allRuntimes } = require('../testing/runtimes');
const { watch } = require('../testing/watch');

const STACKS = path.join(__dirname, '..', 'lib', 'stacks.js');

/** A thread beside this one that asks for its stack some milliseconds after each message, and counts the answers. */
async function beside(t) {
  const shared = new Int32Array(new SharedArrayBuffer(16));
  const code = `
    const { parentPort, workerData: { stacks, shared } } = require('node:worker_threads');
    const { Stacks } = require(stacks);
    const asker = new Stacks(shared);
    function ask() {
      asker.ask((frames, beats) => {
        Atomics.store(shared, 3, beats ?? -1);
        parentPort.postMessage(frames);
        Atomics.add(shared, 2, 1);
      });
    }
    parentPort.on('message', (delay) => {
      if (delay === 'end') parentPort.postMessage('end');
      else if (delay > 0) setTimeout(ask, delay);
      else ask();
    });
    parentPort.postMessage('ready');`;
  const worker = new Worker(code, { eval: true, workerData: { stacks: STACKS, shared } });
  await once(worker, 'message');
  show();
  t.after(() => {
    letGo(shared);
    return worker.terminate();
  });
  return { worker, shared };
}

function busyUntil(done) {
  while (!done()); // innermost
}

function caller(done) {
  busyUntil(done);
}

test('the stack in the middle of what runs, innermost first, with file and line', async (t) => {
  const { worker, shared } = await beside(t);
  worker.postMessage(20);
  caller(() => Atomics.load(shared, 2) === 1);
  const [frames] = await once(worker, 'message');
  const inner = frames.findIndex(({ name }) => name === 'busyUntil');
  const source = fs.readFileSync(__filename, 'utf8').split('\n');
  assert.equal(source[frames[inner].line - 1], '  while (!done()); // innermost');
  assert.equal(frames[inner + 1].name, 'caller');
  assert.equal(frames[inner + 1].url, pathToFileURL(__filename).href);
});

test('nothing that waits for its turn runs before its turn', async (t) => {
  const { worker, shared } = await beside(t);
  const ran = [];
  Promise.resolve().then(() => ran.push('promise'));
  process.nextTick(() => ran.push('tick'));
  setImmediate(() => ran.push('immediate'));
  worker.postMessage(0);
  caller(() => Atomics.load(shared, 2) === 1);
  assert.deepEqual(ran, []);
});

test('the stack of an idle thread is empty', async (t) => {
  const { worker } = await beside(t);
  worker.postMessage(20);
  assert.deepEqual(await once(worker, 'message'), [[]]);
});

test('as many questions as are asked at once have an answer each', async (t) => {
  const { worker, shared } = await beside(t);
  for (let i = 0; i < 5; i++) worker.postMessage(0);
  caller(() => Atomics.load(shared, 2) === 5);
  assert.equal(Atomics.load(shared, 0), 0, 'all have left');
});

test('an answer says how often the loop had beaten at that moment, however late it is read', async (t) => {
  const { worker, shared } = await beside(t);
  const beats = { count: 7 };
  show(beats);
  worker.postMessage(20);
  caller(() => Atomics.load(shared, 2) === 1);
  beats.count = 8;
  await once(worker, 'message');
  assert.equal(Atomics.load(shared, 3), 7);
});

test('once let go, nobody is attached and nobody attaches, and nothing of it is seen', async (t) => {
  const { worker, shared } = await beside(t);
  letGo(shared);
  worker.postMessage(0);
  worker.postMessage('end');
  assert.deepEqual(await once(worker, 'message'), ['end']);
  assert.equal(Atomics.load(shared, 0), 0);
  assert.equal(Atomics.load(shared, 2), 0);
  assert.deepEqual(Reflect.ownKeys(globalThis).filter((key) => String(key).includes('scaling')), []);
});

test('a service sees nothing of it among its globals', async (t) => {
  await beside(t);
  assert.deepEqual(Object.keys(globalThis).filter((key) => key.includes('scaling')), []);
});

for (const { version, execPath } of allRuntimes()) {
  test(`${version}: a service that aborts on an uncaught error is asked, and goes on`, async (t) => {
    const flags = ['--abort-on-uncaught-exception'];
    const { receiver, service } = await watch(t, 'troubled', { execPath, flags, env: { ADVISOR_PROBE_WATCH: 'always' } });
    await receiver.until(([first]) => first);
    await (await fetch(`${service.url}/counting`)).text();
    await receiver.event('advisor.nodejs.eventloop.blocked', ({ attributes }) => attributes['code.line.number']);
    const ended = once(service, 'exit', { signal: AbortSignal.timeout(20_000) });
    await (await fetch(`${service.url}/exit`)).text();
    assert.deepEqual(await ended, [3, null]);
  });
}
