'use strict';

const autocannon = require('autocannon');
const { Tally } = require('./tally');

/** A closed loop: each connection sends as soon as it was answered (`Cannon` of case.py). */
class CannonFlow {
  constructor({ path, connections }, targets, seconds) {
    this.options = { url: `${targets[0]}${path}`, connections, duration: Math.max(1, Math.round(seconds)) };
  }

  start() {
    this.tally = new Tally();
    this.running = autocannon(this.options);
    this.running.on('response', (client, status, bytes, milliseconds) => this.tally.answer(status, milliseconds));
    this.running.on('reqError', () => this.tally.add('broken'));
  }

  stop() {
    this.running.stop();
    return this.tally.summary();
  }
}

module.exports = { CannonFlow };
