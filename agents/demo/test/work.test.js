'use strict';

const assert = require('node:assert/strict');
const { performance } = require('node:perf_hooks');
const { test } = require('node:test');
const { Work } = require('../lib/work');

const LENGTH = 10;
const RUNS = 60;

function duration(work) {
  const start = performance.now();
  work.run();
  return performance.now() - start;
}

for (const wrong of [0.25, 4]) {
  test(`work finds its length again after a start that measured ${wrong} of the true speed`, () => {
    const work = new Work(LENGTH);
    work.speed *= wrong;
    const before = duration(work) / LENGTH;
    for (let i = 0; i < RUNS; i++) work.run();
    const after = Array.from({ length: 9 }, () => duration(work) / LENGTH).sort((a, b) => a - b)[4];
    // Compared with where it started, not with a clock: the machine may be busy with other things.
    assert.ok(Math.abs(Math.log(after)) < Math.abs(Math.log(before)), `${before} to ${after}`);
  });
}
