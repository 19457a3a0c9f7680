'use strict';

const { Work } = require('../../../../agents/demo/lib/work');

// The lab measures once how far this machine counts in a millisecond. A service that measured anew under load
// would make its own work smaller, and hide the trouble.
const SPEED = Number(process.env.LAB_COUNTS_PER_MS) || new Work(1).speed;

/** Computes as much as takes so many milliseconds on a core that does nothing else. */
function spin(milliseconds) {
  const limit = Math.round(milliseconds * SPEED);
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

module.exports = { SPEED, spin, rest, random };
