'use strict';

const autocannon = require('autocannon');

/** A closed loop: each connection sends as soon as it was answered (`Cannon` of case.py). */
class CannonFlow {
  constructor({ path, connections }, targets, seconds) {
    this.options = { url: `${targets[0]}${path}`, connections, duration: Math.max(1, Math.round(seconds)) };
  }

  start() {
    this.result = undefined;
    this.running = autocannon(this.options, (error, result) => (this.result = result));
  }

  stop() {
    this.running.stop();
    const { requests, latency, errors } = this.result ?? {};
    return { answered: requests?.total ?? null, broken: errors ?? null, p99: latency ? latency.p99 / 1000 : null };
  }
}

module.exports = { CannonFlow };
