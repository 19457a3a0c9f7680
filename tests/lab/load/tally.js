'use strict';

/** What became of the requests of one flow. */
class Tally {
  constructor() {
    this.counts = { sent: 0, answered: 0, refused: 0, broken: 0, aborted: 0, held: 0 };
    this.durations = [];
  }

  add(name) {
    this.counts[name] += 1;
  }

  answer(status, milliseconds) {
    this.add(status < 500 ? 'answered' : 'refused');
    this.durations.push(milliseconds);
  }

  /** Counts, and durations in seconds. */
  summary() {
    const sorted = Float64Array.from(this.durations).sort();
    const quantile = (share) => (sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] / 1000 : null);
    return { ...this.counts, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
  }
}

module.exports = { Tally };
