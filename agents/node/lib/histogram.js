'use strict';

// OpenTelemetry's base-2 exponential histogram at scale 3: eight buckets for each doubling, bucket i
// holds (2^(i/8), 2^((i+1)/8)], so a percentile is off by 4.4 % at most.
// https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
const SCALE = 3;
const PER_DOUBLING = 2 ** SCALE;

// From 1 microsecond (2^-20 s) to 68 minutes (2^12 s); what lies outside counts in the last bucket.
const LOWEST = -20 * PER_DOUBLING;
const HIGHEST = 12 * PER_DOUBLING - 1;

/** Durations in seconds, counted since the last `take()`. */
class ExponentialHistogram {
  constructor() {
    this.buckets = new Uint32Array(HIGHEST - LOWEST + 1);
    this.clear();
  }

  clear() {
    this.buckets.fill(0);
    this.count = 0;
    this.sum = 0;
    this.min = Infinity;
    this.max = 0;
  }

  /** @param {number} seconds */
  record(seconds) {
    const index = Math.ceil(Math.log2(seconds) * PER_DOUBLING) - 1;
    // Written so that NaN and -Infinity (a duration of 0) end up in the lowest bucket.
    this.buckets[index > LOWEST ? Math.min(index, HIGHEST) - LOWEST : 0]++;
    this.count++;
    this.sum += seconds;
    if (seconds < this.min) this.min = seconds;
    if (seconds > this.max) this.max = seconds;
  }

  /** The fields of an OTLP exponential histogram point, or undefined if nothing was recorded. Clears. */
  take() {
    if (this.count === 0) return undefined;
    const first = this.buckets.findIndex((n) => n > 0);
    const last = this.buckets.findLastIndex((n) => n > 0);
    const point = {
      count: this.count,
      sum: this.sum,
      min: this.min,
      max: this.max,
      scale: SCALE,
      zeroCount: 0,
      positive: { offset: first + LOWEST, bucketCounts: Array.from(this.buckets.subarray(first, last + 1)) },
    };
    this.clear();
    return point;
  }
}

module.exports = { ExponentialHistogram };
