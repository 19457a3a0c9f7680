'use strict';

const { performance } = require('node:perf_hooks');

const WARM_UP = 3;
const ROUNDS = 9;
const ROUND_COUNT = 5_000_000;

// How much of the speed is taken from the last run: some ten runs forget a start under load.
const LEARNING = 0.1;

/** Work that keeps the event loop to itself, as a handler with heavy computation does. */
function countTo(limit) {
  let counter = 0;
  while (counter < limit) counter++;
  return counter;
}

/**
 * How far this machine counts in a millisecond when nothing else takes the processor: the best of a
 * few rounds, after the compiler has optimized the loop.
 */
function countsPerMillisecond() {
  for (let i = 0; i < WARM_UP; i++) countTo(ROUND_COUNT);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    return countTo(ROUND_COUNT) / (performance.now() - start);
  });
  return Math.max(...rounds);
}

/**
 * Work of a set length: counts as far as this machine counted in that time lately. A machine that was
 * busy at the start, or shares its core with others, would else make all work too short or too long.
 */
class Work {
  constructor(milliseconds) {
    this.milliseconds = milliseconds;
    this.speed = countsPerMillisecond();
  }

  /** Counts once; answers how far. */
  run() {
    const start = performance.now();
    const count = countTo(Math.round(this.milliseconds * this.speed));
    this.speed += LEARNING * (count / (performance.now() - start) - this.speed);
    return count;
  }
}

module.exports = { Work };
