'use strict';

const v8 = require('node:v8');
const { gauge, upDownCounter } = require('../otlp');

/** V8's heap: in use, taken from the system, the most it may take, and what buffers hold beside it. */
function heap() {
  return {
    collect() {
      const statistics = v8.getHeapStatistics();
      return [
        upDownCounter('v8js.memory.heap.used', 'By', statistics.used_heap_size),
        upDownCounter('v8js.memory.heap.space.size', 'By', statistics.total_heap_size),
        gauge('advisor.v8js.memory.heap.limit', 'By', statistics.heap_size_limit),
        gauge('advisor.v8js.memory.external', 'By', statistics.external_memory),
      ];
    },
    stop() {},
  };
}

module.exports = heap;
