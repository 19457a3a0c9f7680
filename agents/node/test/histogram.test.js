'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { ExponentialHistogram } = require('../lib/histogram');

/** The bounds of the only filled bucket: (base^index, base^(index + 1)] with base 2^(2^-scale). */
function boundsOf(seconds) {
  const histogram = new ExponentialHistogram();
  histogram.record(seconds);
  const { scale, positive } = histogram.take();
  assert.deepEqual(positive.bucketCounts, [1]);
  return [positive.offset, positive.offset + 1].map((exponent) => 2 ** (exponent / 2 ** scale));
}

test('a value lies in its bucket, over six orders of magnitude', () => {
  for (const seconds of [0.000_003, 0.000_999, 0.005, 0.02, 0.3, 0.7, 1.5, 59, 3000]) {
    const [low, high] = boundsOf(seconds);
    assert.ok(low < seconds && seconds <= high, `${seconds} in (${low}, ${high}]`);
  }
});

test('a power of two is the upper end of its bucket', () => {
  assert.equal(boundsOf(0.25)[1], 0.25);
});

test('buckets are nine per cent wide', () => {
  const [low, high] = boundsOf(0.005);
  assert.ok(Math.abs(high / low - 1.0905) < 0.001);
});

test('a point has the count, the sum, the ends and all buckets between', () => {
  const histogram = new ExponentialHistogram();
  for (const seconds of [0.001, 0.001, 0.002, 0.5]) histogram.record(seconds);
  const point = histogram.take();
  assert.equal(point.count, 4);
  assert.equal(point.sum, 0.504);
  assert.equal(point.min, 0.001);
  assert.equal(point.max, 0.5);
  assert.equal(
    point.positive.bucketCounts.reduce((a, b) => a + b),
    4,
  );
  assert.equal(point.positive.bucketCounts[0], 2);
});

test('what is out of range counts in the last bucket of its side', () => {
  const histogram = new ExponentialHistogram();
  for (const seconds of [0, 1e-9, 1e9]) histogram.record(seconds);
  const { count, positive } = histogram.take();
  assert.equal(count, 3);
  assert.equal(positive.bucketCounts.length, 256);
  assert.equal(positive.bucketCounts[0], 2);
  assert.equal(positive.bucketCounts[255], 1);
});

test('taking clears', () => {
  const histogram = new ExponentialHistogram();
  histogram.record(1);
  histogram.take();
  assert.equal(histogram.take(), undefined);
});
