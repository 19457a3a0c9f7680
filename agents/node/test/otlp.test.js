'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const otlp = require('../lib/otlp');
const { flatten } = require('../testing/receiver');

const START = 1_790_000_000_000;
const TIME = START + 10_000;

function encode(...metrics) {
  return flatten(otlp.exportOf({ 'service.name': 'shop', 'process.pid': 7, absent: undefined }, metrics, START, TIME));
}

test('a resource has texts and whole numbers, and nothing undefined', () => {
  assert.deepEqual(encode().resource, { 'service.name': 'shop', 'process.pid': 7 });
});

test('a gauge has a time and no start', () => {
  const { points, kind } = encode(otlp.gauge('g', '1', 0.5)).metrics.g;
  assert.equal(kind, 'gauge');
  assert.deepEqual(points, [{ attributes: {}, timeUnixNano: '1790000010000000000', asDouble: 0.5 }]);
});

test('a counter is a monotonic delta that says since when', () => {
  const { kind, isMonotonic, aggregationTemporality, points } = encode(otlp.counter('c', 's', 2)).metrics.c;
  assert.deepEqual([kind, isMonotonic, aggregationTemporality], ['sum', true, 1]);
  assert.equal(points[0].startTimeUnixNano, '1790000000000000000');
});

test('an up-down counter is a cumulative sum that may fall', () => {
  const { kind, isMonotonic, aggregationTemporality } = encode(otlp.upDownCounter('u', 'By', 2)).metrics.u;
  assert.deepEqual([kind, isMonotonic, aggregationTemporality], ['sum', false, 2]);
});

test('numbers that JSON cannot hold are left out, and a metric that has no other with them', () => {
  const { metrics } = encode(
    otlp.gauge('some', '1', [{ value: NaN }, { value: 1 }]),
    otlp.gauge('none', '1', Infinity),
  );
  assert.deepEqual(Object.keys(metrics), ['some']);
  assert.equal(metrics.some.points.length, 1);
});

test('nanoseconds keep the microseconds of a fraction of a millisecond', () => {
  const [point] = flatten(otlp.exportOf({}, [otlp.gauge('g', '1', 1)], 0, TIME + 0.25)).metrics.g.points;
  assert.equal(point.timeUnixNano, '1790000010000250000');
});
