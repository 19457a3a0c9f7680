'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { watch } = require('../testing/watch');

const BLOCKED = 'advisor.nodejs.eventloop.blocked';
const PROFILED = 'advisor.nodejs.eventloop.profile';
const SCRIPT = path.join(__dirname, '..', 'testing', 'services', 'troubled.js');
const ALWAYS = { ADVISOR_PROBE_WATCH: 'always' };

const ofCode = ({ attributes }) => attributes['advisor.cause'] === 'code';

/** The place that the service's source marks with a comment. */
function marked(name, called) {
  const line = fs.readFileSync(SCRIPT, 'utf8').split('\n').findIndex((text) => text.endsWith(`// ${name}`)) + 1;
  return { 'code.function.name': called, 'code.file.path': SCRIPT, 'code.line.number': line };
}

function placeOf({ attributes }) {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key.startsWith('code.')));
}

async function troubled(t, env, options = {}) {
  const { receiver, service } = await watch(t, 'troubled', { env, ...options });
  await receiver.until((exports) => exports.length >= 2);
  const get = (trouble) => fetch(`${service.url}/${trouble}`).then((answer) => answer.text());
  return { receiver, service, get };
}

for (const [name, called] of [
  ['counting', 'counting'],
  ['json', 'bigJson'],
  ['regexp', 'badExpression'],
  ['pbkdf2', 'keyFor'],
  ['program', 'runProgram'],
]) {
  test(`${name}: function, file and line of a block are named`, async (t) => {
    const { receiver, get } = await troubled(t, ALWAYS);
    const before = Date.now();
    await get(name);
    const event = await receiver.event(BLOCKED, ofCode);
    assert.deepEqual(placeOf(event), marked(name, called));
    assert.ok(event.time > before - 500 && event.time < Date.now(), 'the time is that of the start');
    assert.ok(event.attributes['advisor.duration'] > 0.2, JSON.stringify(event.attributes));
  });
}

/** All threads but the first get a processor only when nobody else wants one, and somebody does on all processors. */
function starveAllButMain(t, { pid }) {
  for (const thread of fs.readdirSync(`/proc/${pid}/task`).filter((id) => id !== String(pid))) {
    execFileSync('chrt', ['--idle', '--pid', '0', thread]);
  }
  const hogs = os.cpus().map(() => spawn(process.execPath, ['-e', 'for (;;);']));
  t.after(() => hogs.forEach((hog) => hog.kill()));
}

test('a program is named, also where the thread that looks on comes to read the answer after the loop went on', async (t) => {
  const { receiver, service, get } = await troubled(t, ALWAYS);
  starveAllButMain(t, service);
  await get('program');
  const event = await receiver.event(BLOCKED);
  assert.deepEqual(placeOf(event), marked('program', 'runProgram'));
});

test('it is named while the block lasts, not after it', async (t) => {
  const { receiver, get } = await troubled(t, ALWAYS);
  await get('counting/2500');
  const { attributes } = await receiver.event(BLOCKED, ({ attributes }) => attributes['advisor.duration'] > 2.3);
  assert.ok(attributes['advisor.attribution.delay'] < 1.5, JSON.stringify(attributes));
});

test('a loop that never comes back is told from beside it', async (t) => {
  const { receiver, service } = await troubled(t, ALWAYS);
  fetch(`${service.url}/forever`).catch(() => {});
  const event = await receiver.event(BLOCKED, ofCode);
  assert.deepEqual(placeOf(event), marked('counting', 'counting'));
  assert.equal(event.resource['process.pid'], service.pid);
});

test('a block is one event, told again with its full duration', async (t) => {
  const { receiver, get } = await troubled(t, ALWAYS);
  await get('counting/2500');
  await receiver.event(BLOCKED, ({ attributes }) => attributes['advisor.duration'] > 2.3);
  const told = receiver.events.filter((event) => event.name === BLOCKED && ofCode(event));
  assert.equal(told.length, 2);
  assert.equal(new Set(told.map(({ time }) => time)).size, 1);
  assert.ok(told[0].attributes['advisor.duration'] < told[1].attributes['advisor.duration']);
});

test('by itself it looks on from the second long block on', async (t) => {
  const { receiver, get } = await troubled(t, {});
  await get('counting');
  const { length } = receiver.exports;
  await receiver.until((exports) => exports.length >= length + 3);
  assert.deepEqual(receiver.events.filter(({ name }) => name === BLOCKED), []);
  await get('counting');
  assert.deepEqual(placeOf(await receiver.event(BLOCKED, ofCode)), marked('counting', 'counting'));
});

test('a request that took long makes it look at once, not at the next export', async (t) => {
  const { receiver, service } = await watch(t, 'troubled', { interval: 8 });
  await receiver.until(([first]) => first);
  let isTold = false;
  const told = receiver.event(BLOCKED, ofCode).finally(() => (isTold = true));
  while (!isTold) await (await fetch(`${service.url}/counting`)).text(); // a thread takes its time to start
  assert.deepEqual(placeOf(await told), marked('counting', 'counting'));
  assert.equal(receiver.exports.length, 1);
});

test('a request that blocks 4 s is seen as such, where the percentiles of the loop hide it', async (t) => {
  const { receiver, get } = await troubled(t, {}, { interval: 8 });
  const value = (metrics, name) => metrics[name].points[0].asDouble;
  await get('counting'); // from here on the timer is fine, and somebody looks on
  const { length } = receiver.exports;
  await receiver.until((exports) => exports.length > length);
  await get('counting/4000');
  const event = await receiver.event(BLOCKED, ({ attributes }) => attributes['advisor.duration'] > 3.8);
  assert.deepEqual(placeOf(event), marked('counting', 'counting'));
  const whole = (metrics) => value(metrics, 'advisor.nodejs.eventloop.blocked.time') > 3.8;
  const { metrics } = await receiver.until((exports) => exports.find((found) => whole(found.metrics)));
  assert.ok(value(metrics, 'nodejs.eventloop.delay.max') > 3.8);
  assert.ok(value(metrics, 'nodejs.eventloop.delay.p90') < 0.2);
  assert.ok(value(metrics, 'nodejs.eventloop.utilization') > 0.4);
});

test('never means never', async (t) => {
  const { receiver, get } = await troubled(t, { ADVISOR_PROBE_WATCH: 'never' });
  for (let i = 0; i < 3; i++) {
    await get('counting');
    const { length } = receiver.exports;
    await receiver.until((exports) => exports.length >= length + 2);
  }
  assert.deepEqual(receiver.events.map(({ name }) => name), ['advisor.process.started']);
});

test('beside a debugger nobody looks on: a pause would be theirs', async (t) => {
  const { receiver, get } = await troubled(t, {}, { flags: ['--inspect=127.0.0.1:0'] });
  for (let i = 0; i < 3; i++) {
    await get('counting');
    const { length } = receiver.exports;
    await receiver.until((exports) => exports.length >= length + 2);
  }
  assert.deepEqual(receiver.events.filter(({ name }) => name === BLOCKED), []);
});

test('garbage collection is told as what it is, without a place', async (t) => {
  const { receiver, get } = await troubled(t, ALWAYS, { flags: ['--expose-gc'] });
  await get('fill'); // maybe a block itself, after which nobody is named for a second
  const { length } = receiver.exports;
  await receiver.until((exports) => exports.length >= length + 4);
  await get('collection');
  const { attributes } = await receiver.event(BLOCKED, (event) => event.attributes['advisor.cause'] === 'gc');
  assert.equal(attributes['code.function.name'], undefined);
});

test('many short blocks are named by samples', async (t) => {
  const { receiver, get } = await troubled(t, {});
  await get('steps');
  const event = await receiver.event(PROFILED);
  assert.deepEqual(placeOf(event), marked('counting', 'counting'));
  assert.equal(event.attributes['advisor.event.ordinal'], 0);
  const share = event.attributes['advisor.share'];
  assert.ok(share > 0.5 && share <= 1, `${share}`);
});

test('a process ends as it would, also while somebody looks on', async (t) => {
  for (const [trouble, code] of [['blockAndThrow', 1], ['exit', 3]]) {
    const { receiver, service, get } = await troubled(t, ALWAYS);
    await get('steps');
    const { length } = receiver.exports;
    await receiver.until((exports) => exports.length >= length + 2); // sampling has begun
    await get(trouble);
    const [ended] = await once(service, 'close', { signal: AbortSignal.timeout(20_000) });
    assert.equal(ended, code, trouble);
    assert.ok(!service.errors.includes('debugger'), service.errors);
  }
});
