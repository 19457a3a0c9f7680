'use strict';

const { PerformanceObserver, constants } = require('node:perf_hooks');
const v8 = require('node:v8');
const { gauge, histogram } = require('../otlp');

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

// Pauses of this many milliseconds are remembered one by one, the last few of them: a block may be one of them.
const LONG_PAUSE = 20;
const REMEMBERED = 64;

/** Pauses of the garbage collector by kind, and what was left of the heap after a major one. Times in milliseconds. */
class GarbageCollection {
  constructor() {
    this.pauses = new Map();
    this.long = [];
    this.floor = undefined;
    this.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.took(TYPES[entry.detail.kind], entry);
    });
    this.observer.observe({ entryTypes: ['gc'] });
  }

  took(type, { startTime, duration }) {
    if (type === undefined) return;
    record(this.pauses, type, duration / 1000);
    if (type === 'major') this.lower(v8.getHeapStatistics().used_heap_size);
    if (duration < LONG_PAUSE) return;
    this.long.push({ start: startTime, end: startTime + duration });
    if (this.long.length > REMEMBERED) this.long.shift();
  }

  lower(used) {
    this.floor = this.floor === undefined ? used : Math.min(this.floor, used);
  }

  /** Milliseconds of long pauses between two moments of `performance.now()`. */
  between(start, end) {
    let total = 0;
    for (const pause of this.long) total += Math.max(0, Math.min(end, pause.end) - Math.max(start, pause.start));
    return total;
  }

  collect() {
    const points = Array.from(this.pauses, ([type, pause]) => pointOf(type, pause));
    const metrics = [histogram('v8js.gc.duration', 's', points)];
    if (this.floor !== undefined) metrics.push(gauge('advisor.v8js.memory.heap.floor', 'By', this.floor));
    this.pauses = new Map();
    this.floor = undefined;
    return metrics;
  }

  stop() {
    this.observer.disconnect();
  }
}

function record(pauses, type, seconds) {
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

module.exports = (probe = {}) => {
  const collector = new GarbageCollection();
  probe.pausesBetween = (start, end) => collector.between(start, end);
  return collector;
};
