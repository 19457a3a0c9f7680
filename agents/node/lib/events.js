'use strict';

const otlp = require('./otlp');

// More at once than any trouble has news; the newest say more than the oldest.
const MOST = 100;

const PATH = '/v1/logs';

/** What happened in this process, told soon after and not with the next export. */
class Events {
  /**
   * @param {import('./sender').Sender} sender
   * @param {() => object} resource the attributes of this process
   * @param {() => number} wallClock Unix milliseconds
   */
  constructor(sender, resource, wallClock) {
    this.sender = sender;
    this.resource = resource;
    this.wallClock = wallClock;
    this.waiting = [];
  }

  /**
   * @param {string} name as the vocabulary of events has it
   * @param {Record<string, string | number | undefined>} attributes
   * @param {number} time Unix milliseconds
   */
  add(name, attributes = {}, time = this.wallClock()) {
    if (this.waiting.length >= MOST) this.waiting.shift();
    this.waiting.push({ name, attributes, time });
  }

  /** Hands over what waits; the sender keeps it until somebody takes it. */
  flush() {
    const payload = this.take();
    if (payload === undefined) return;
    this.sender.enqueue(payload, PATH);
    this.sender.send().catch(() => {});
  }

  /** The same from a process that is about to end. */
  flushNow() {
    const payload = this.take();
    if (payload !== undefined) this.sender.sendNow(payload, PATH);
  }

  take() {
    if (this.waiting.length === 0) return undefined;
    return otlp.eventsOf(this.resource(), this.waiting.splice(0));
  }
}

module.exports = { Events, PATH };
