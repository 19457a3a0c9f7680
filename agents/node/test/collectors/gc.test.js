'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const gc = require('../../lib/collectors/gc');
const { watch } = require('../../testing/watch');

test('pauses of the collector arrive by kind, with buckets that add up', async (t) => {
  const { receiver } = await watch(t, 'garbage');
  const kinds = () => new Set(receiver.points('v8js.gc.duration').map(({ attributes }) => attributes['v8js.gc.type']));
  await receiver.until(() => kinds().has('minor') && kinds().has('major'));
  for (const { count, sum, max, bucketCounts, explicitBounds } of receiver.points('v8js.gc.duration')) {
    assert.deepEqual(explicitBounds, [0.01, 0.1, 1, 10]);
    assert.equal(bucketCounts.length, 5);
    assert.equal(
      bucketCounts.reduce((a, b) => a + b),
      count,
    );
    assert.ok(max > 0 && max <= sum + 1e-12 && max < 5, `${max} of ${sum} seconds`);
  }
});

test('after a major collection the floor of the heap is told, once', async (t) => {
  const { receiver, service } = await watch(t, 'troubled', { flags: ['--expose-gc'] });
  await receiver.until(([first]) => first);
  await fetch(`${service.url}/collection`);
  const told = (exports) => exports.filter(({ metrics }) => metrics['advisor.v8js.memory.heap.floor']);
  const [{ metrics }] = await receiver.until((exports) => told(exports).length > 0 && told(exports));
  const [floor] = metrics['advisor.v8js.memory.heap.floor'].points;
  const [used] = metrics['v8js.memory.heap.used'].points;
  assert.ok(floor.asDouble > 0 && floor.asDouble <= used.asDouble * 1.5, `${floor.asDouble} of ${used.asDouble}`);
});

test('long pauses are found by the time in which they were', () => {
  const probe = {};
  const collector = gc(probe);
  const pause = (startTime, duration) => collector.took('major', { startTime, duration });
  pause(1000, 100);
  pause(2000, 300);
  pause(3000, 5); // too short to hold anybody up
  collector.stop();
  assert.equal(probe.pausesBetween(0, 5000), 400);
  assert.equal(probe.pausesBetween(1050, 2100), 150);
  assert.equal(probe.pausesBetween(1100, 2000), 0);
});
