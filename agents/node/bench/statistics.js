'use strict';

const RESAMPLES = 2000;
const LEVEL = 0.95;

/** The middle of some numbers; NaN of none. */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[half - 0.5] : (sorted[half - 1] + sorted[half]) / 2;
}

function mean(values) {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/**
 * The percentile bootstrap's interval of a median: how far it moves when the rounds are drawn again.
 * @param {number[]} values one a round
 * @param {() => number} random from 0 up to 1
 * @returns {[number, number]}
 */
function interval(values, random = Math.random) {
  const draw = () => values.map(() => values[Math.floor(random() * values.length)]);
  const medians = Array.from({ length: RESAMPLES }, () => median(draw())).sort((a, b) => a - b);
  const outside = (1 - LEVEL) / 2;
  return [medians[Math.floor(RESAMPLES * outside)], medians[Math.ceil(RESAMPLES * (1 - outside)) - 1]];
}

/** The same values, begun at another place: what runs first in one round runs last in another. */
function rotated(values, turns) {
  const start = turns % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
}

/** The same values in an order that chance made, so that none has the same one before it each time. */
function shuffled(values, random = Math.random) {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

module.exports = { interval, mean, median, rotated, shuffled };
