'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');
const own = require('../../lib/own');
const threads = require('../../lib/collectors/threads');

const BUSY = 'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => { for (;;); })';

function figures(collector) {
  const [count, utilization] = collector.collect();
  return { count: count.points[0].value, utilization: utilization.points };
}

async function running(t, code) {
  const collector = threads();
  const worker = new Worker(code, { eval: true });
  t.after(async () => {
    collector.stop();
    await worker.terminate();
  });
  await once(worker, 'online');
  return { collector, worker };
}

test('a thread that computes is busy, one that waits is not, each under its own name', async (t) => {
  const { collector, worker: calm } = await running(t, 'setInterval(() => {}, 1000)');
  const busy = new Worker(BUSY, { eval: true });
  t.after(() => busy.terminate());
  await once(busy, 'online');
  busy.postMessage('go');
  const seen = () => figures(collector).utilization;
  let points = seen();
  while (points.length < 2 || points.every(({ value }) => value < 0.5)) {
    await new Promise((resolve) => setImmediate(resolve));
    points = seen();
  }
  const [of1, of2] = [calm, busy].map(({ threadId }) => points.find((p) => p.attributes['thread.name'].endsWith(` ${threadId}`)));
  assert.ok(of1.value < 0.5 && of2.value > 0.5, JSON.stringify(points));
  assert.equal(figures(collector).count, 2);
});

test('a thread that ended is gone, and the first reading of one says nothing', async (t) => {
  const { collector, worker } = await running(t, 'setInterval(() => {}, 1000)');
  assert.deepEqual(figures(collector), { count: 1, utilization: [] });
  const gone = once(worker, 'exit');
  await worker.terminate();
  await gone;
  assert.deepEqual(figures(collector), { count: 0, utilization: [] });
});

test("the probe's own thread is none of the service's", async (t) => {
  const collector = threads();
  own.isMaking = true;
  const worker = new Worker('', { eval: true });
  own.isMaking = false;
  t.after(() => collector.stop());
  assert.equal(figures(collector).count, 0);
  await once(worker, 'exit');
});
