'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const resources = require('../../lib/collectors/resources');

test('what keeps the loop alive is counted by type', (t) => {
  const before = countOf('Timeout');
  const timers = [1, 2, 3].map(() => setTimeout(() => {}, 60_000));
  t.after(() => timers.forEach(clearTimeout));
  assert.equal(countOf('Timeout'), before + 3);
});

function countOf(type) {
  const [{ name, points }] = resources().collect();
  assert.equal(name, 'v8js.resource.active');
  return points.find(({ attributes }) => attributes['v8js.resource.type'] === type)?.value ?? 0;
}
