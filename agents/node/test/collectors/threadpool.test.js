'use strict';

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const { test } = require('node:test');
const { promisify } = require('node:util');
const threadpool = require('../../lib/collectors/threadpool');
const { watch } = require('../../testing/watch');

const pbkdf2 = promisify(crypto.pbkdf2);
const THREADS = 4; // of libuv's pool where nobody says otherwise

const turn = () => new Promise((resolve) => setImmediate(resolve));

function figures(collector) {
  return Object.fromEntries(collector.collect().map(({ name, points }) => [name, points[0].value]));
}

/** The longest wait that was seen, once the request that is under way is back. */
async function waited(collector) {
  while (collector.size === undefined || collector.asking) await turn();
  return figures(collector)['advisor.nodejs.threadpool.wait'];
}

for (const [asked, size] of [[undefined, 4], ['16', 16], ['8 threads', 8], ['1e3', 1], ['0', 1], ['many', 1], ['-1', 1024], ['2000', 1024]]) {
  test(`the pool has ${size} threads where UV_THREADPOOL_SIZE is ${asked}`, async (t) => {
    const before = process.env.UV_THREADPOOL_SIZE;
    const restore = () => (before === undefined ? delete process.env.UV_THREADPOOL_SIZE : (process.env.UV_THREADPOOL_SIZE = before));
    t.after(restore);
    if (asked === undefined) delete process.env.UV_THREADPOOL_SIZE;
    else process.env.UV_THREADPOOL_SIZE = asked;
    const collector = threadpool();
    t.after(() => collector.stop());
    await waited(collector);
    assert.equal(figures(collector)['advisor.nodejs.threadpool.size'], size);
  });
}

test('a service that sets the size of the pool in its first lines has it so, and it is told so', async (t) => {
  const { receiver, ask } = await watch(t, 'pooled', { env: { ADVISOR_PROBE_WATCH: 'never' } });
  const { metrics } = await receiver.until((exports) => exports.find((one) => one.metrics['advisor.nodejs.threadpool.size']));
  assert.equal(metrics['advisor.nodejs.threadpool.size'].points[0].asDouble, 9);
  assert.equal((await ask('')).threads, 9);
});

test('a request behind a full pool waits as long as what is before it', async (t) => {
  const collector = threadpool();
  t.after(() => collector.stop());
  const calm = await waited(collector);
  while (collector.asking) await turn();
  const start = performance.now();
  const jobs = Array.from({ length: 2 * THREADS }, () => pbkdf2('password', 'salt', 150_000, 64, 'sha512'));
  collector.collect();
  const busy = await waited(collector);
  const lasted = (performance.now() - start) / 1000;
  await Promise.all(jobs);
  assert.ok(busy > 0.02 && busy < lasted + 0.01, `${busy} of ${lasted}`);
  assert.ok(busy > 3 * calm, `${busy} after ${calm}`);
});

test('a request that is still away is told with its wait so far', async (t) => {
  const collector = threadpool();
  t.after(() => collector.stop());
  await waited(collector);
  while (collector.asking) await turn();
  let clock = 0;
  collector.now = () => clock;
  const jobs = Array.from({ length: 2 * THREADS }, () => pbkdf2('password', 'salt', 150_000, 64, 'sha512'));
  collector.collect();
  await turn();
  clock = 5_000;
  const first = figures(collector)['advisor.nodejs.threadpool.wait'];
  clock = 15_000;
  const second = figures(collector)['advisor.nodejs.threadpool.wait'];
  const isAway = collector.asking;
  clock = 20_000;
  const last = await waited(collector);
  await Promise.all(jobs);
  assert.ok(isAway);
  assert.deepEqual([first, second, last], [5, 15, 20]);
});

test("requests for files and names are counted, the probe's own is not", async (t) => {
  const collector = threadpool();
  t.after(() => collector.stop());
  while (!collector.asking) await turn();
  assert.equal(figures(collector)['advisor.nodejs.threadpool.active'], 0);
  const read = require('node:fs/promises').stat('.');
  assert.equal(figures(collector)['advisor.nodejs.threadpool.active'], 1);
  await read;
});

test('nothing is asked any more once it was stopped', async () => {
  const collector = threadpool();
  collector.stop();
  await waited(collector);
  collector.collect();
  assert.equal(collector.asking, false);
});
