'use strict';

const { PerformanceObserver, constants } = require('node:perf_hooks');
const { histogram } = require('../otlp');

// Bounds in seconds that the semantic conventions advise for v8js.gc.duration.
const BOUNDS = [0.01, 0.1, 1, 10];

// V8 numbers its new-space collectors 1 and 2; Node.js names only the first.
const TYPES = {
  1: 'minor',
  2: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/** Pauses of the garbage collector, by kind. */
function gc() {
  let pauses = new Map();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) record(pauses, TYPES[entry.detail.kind], entry.duration / 1000);
  });
  observer.observe({ entryTypes: ['gc'] });
  return {
    collect() {
      const points = Array.from(pauses, ([type, pause]) => pointOf(type, pause));
      pauses = new Map();
      return [histogram('v8js.gc.duration', 's', points)];
    },
    stop: () => observer.disconnect(),
  };
}

function record(pauses, type, seconds) {
  if (type === undefined) return;
  let pause = pauses.get(type);
  if (pause === undefined) {
    pause = { count: 0, sum: 0, max: 0, bucketCounts: new Array(BOUNDS.length + 1).fill(0) };
    pauses.set(type, pause);
  }
  const bucket = BOUNDS.findIndex((bound) => seconds <= bound);
  pause.bucketCounts[bucket === -1 ? BOUNDS.length : bucket]++;
  pause.count++;
  pause.sum += seconds;
  pause.max = Math.max(pause.max, seconds);
}

function pointOf(type, pause) {
  return { attributes: { 'v8js.gc.type': type }, ...pause, explicitBounds: BOUNDS };
}

module.exports = gc;
