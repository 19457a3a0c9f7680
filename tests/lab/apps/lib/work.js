'use strict';

// So far it counts between two looks at the clocks: some forty microseconds.
const STEP = 100_000;

/**
 * Computes until a processor has worked so many milliseconds for it. The time in which this process waits for a
 * processor does not count, so a busy machine makes the work longer; that of other threads does not make it shorter,
 * as no step counts for more than it took. The speed of the machine plays no part: it changes by half from one
 * minute to the next where the processors are shared.
 */
function spin(milliseconds) {
  let left = milliseconds;
  let wall = performance.now();
  let processor = used();
  while (left > 0) {
    count(STEP);
    const [now, usedNow] = [performance.now(), used()];
    left -= Math.min(now - wall, usedNow - processor);
    [wall, processor] = [now, usedNow];
  }
}

function used() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function count(limit) {
  let counter = 0;
  while (counter < limit) counter++;
  return counter;
}

/** A promise of that many milliseconds. */
function rest(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A random time with this mean, as between events that know nothing of each other. */
function random(mean) {
  return -Math.log(1 - Math.random()) * mean;
}

module.exports = { spin, rest, random };
