'use strict';

/**
 * The moments at which requests leave: a Poisson process whose rate changes evenly from `from` to `to` over the
 * phase, on and off in turns where there is a burst. It knows nothing of answers, so a slow service slows it by nothing.
 */
class Arrivals {
  /**
   * @param {{from: number, to: number, seconds: number, burst?: [number, number]}} plan seconds of the wall clock
   * @param {() => number} uniform numbers from 0 to 1
   */
  constructor({ from, to, seconds, burst }, uniform = Math.random) {
    this.from = from;
    this.to = to;
    this.seconds = seconds;
    this.burst = burst;
    this.uniform = uniform;
    this.most = Math.max(from, to);
    this.at = 0;
  }

  /** Seconds from the beginning to the next request; Infinity after the end. */
  next() {
    // Thinning: candidates at the highest rate, of which each is kept with the chance of its moment.
    while (this.most > 0 && this.at < this.seconds) {
      this.at += -Math.log(1 - this.uniform()) / this.most;
      if (this.at >= this.seconds) break;
      if (this.uniform() * this.most < this.rate(this.at)) return this.at;
    }
    this.at = Infinity;
    return this.at;
  }

  /** Requests a second at this moment. */
  rate(at) {
    if (this.burst && at % (this.burst[0] + this.burst[1]) >= this.burst[0]) return 0;
    return this.from + ((this.to - this.from) * at) / this.seconds;
  }
}

module.exports = { Arrivals };
