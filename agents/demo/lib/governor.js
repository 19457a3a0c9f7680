'use strict';

// The arithmetic of the load, without clocks or sockets. Shares are 0 to 1, rates are requests a second.

/** The share of time that checkout's event loop shall be busy. */
const BAND = { low: 0.85, high: 0.92 };

/** Above this share the whole host counts as too busy, below the lower one there is room again. */
const HOST_LIMIT = 0.75;
const HOST_ROOM = 0.68;

// Above this a loop has no idle time left to measure: the rate may be far too high.
const SATURATED = 0.97;

// A loop this near to the aim is left alone.
const NEAR = 0.01;

// Most that one correction changes the rate, either way.
const MOST_UP = 1.5;
const MOST_DOWN = 0.75;

/**
 * What gives way while the host is too busy, a step at a time: first the light traffic on reports, then
 * checkout to the low end of its band, and only then its place in the band: never so far that advice on it ends.
 */
const LADDER = [
  { light: 4, aim: 0.885 },
  { light: 2, aim: 0.885 },
  { light: 1, aim: 0.885 },
  { light: 1, aim: 0.86 },
  { light: 1, aim: 0.83 },
  { light: 1, aim: 0.74 },
];

/** The step of the ladder for the next interval. */
function nextStep(step, host) {
  if (host >= HOST_LIMIT) return Math.min(step + 1, LADDER.length - 1);
  if (host < HOST_ROOM) return Math.max(step - 1, 0);
  return step;
}

/** The rate that brings the loop from `busy` to `aim`, as work grows in proportion to requests. */
function nextRate(rate, busy, aim) {
  if (Math.abs(busy - aim) <= NEAR) return rate;
  const factor = busy >= SATURATED ? MOST_DOWN : aim / Math.max(busy, 0.01);
  return rate * Math.min(MOST_UP, Math.max(MOST_DOWN, factor));
}

// Seconds between two corrections: while the rate is still unknown, when the loop leaves its band, and
// while all is well.
const FIRST_STEPS = 3;
const REACTION = 6;
const LATER_STEPS = 15;

/**
 * Whether the rate is to be corrected now.
 * @param {number} elapsed seconds since the last correction, over which `busy` was measured
 * @param {boolean} settled whether the loop was in its band before
 */
function isDue(elapsed, busy, settled) {
  if (elapsed >= LATER_STEPS) return true;
  return !inBand(busy) && elapsed >= (settled ? REACTION : FIRST_STEPS);
}

/** True while the loop is where it shall be. */
function inBand(busy) {
  return busy >= BAND.low && busy <= BAND.high;
}

/** The busy share between two readings of cumulative times; undefined where the process is another one. */
function busyBetween(before, after) {
  const active = after.active - before.active;
  const idle = after.idle - before.idle;
  return active >= 0 && idle >= 0 && active + idle > 0 ? active / (active + idle) : undefined;
}

/** `total` a second over `lanes`, in whole numbers that add up to the rounded total. */
function spread(total, lanes) {
  const whole = Math.max(0, Math.round(total));
  return Array.from({ length: lanes }, (_, i) => Math.floor((whole + i) / lanes));
}

/** The one line that says how things are; it never hides what gave way. */
function report({ busy, rate, host, step }) {
  const { light, aim } = LADDER[step];
  const words = [
    `host ${percent(host)} busy (aim: below ${percent(HOST_LIMIT)})`,
    busy === undefined ? 'checkout does not answer' : `checkout loop ${percent(busy)} at ${Math.round(rate)} req/s`,
    `reports ${light} req/s and one export every 4 s`,
  ];
  if (step > 0) words.push('light traffic lowered for the host');
  if (aim < BAND.low) words.push(`checkout held at ${percent(aim)}, below its band, for the host`);
  else if (busy !== undefined && !inBand(busy)) words.push(`not yet in ${percent(BAND.low)} to ${percent(BAND.high)}`);
  return words.join('; ');
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

module.exports = { BAND, FIRST_STEPS, LADDER, busyBetween, inBand, isDue, nextRate, nextStep, report, spread };
