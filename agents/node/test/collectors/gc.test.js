'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Receiver } = require('../../testing/receiver');
const { serve, stop } = require('../../testing/service');

test('pauses of the collector arrive by kind, with buckets that add up', async (t) => {
  const receiver = await new Receiver().listen();
  const service = await serve('garbage', { endpoint: receiver.endpoint });
  t.after(async () => {
    await stop(service);
    await receiver.close();
  });
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
