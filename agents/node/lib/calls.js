'use strict';

const { performance } = require('node:perf_hooks');
const { ExponentialHistogram } = require('./histogram');

// As many names as the server keeps apart for one instance; what comes later counts together.
const MOST_DESTINATIONS = 50;
const OTHER = 'other';

/** Milliseconds, monotonic. Held, because a service may replace the global clock by a fake one. */
const now = performance.now.bind(performance);

/** One server that the service calls: how long its answers took, by kind of error, and what is in flight. */
class Destination {
  /** @param {Record<string, string | number | undefined>} attributes that name it */
  constructor(attributes) {
    this.attributes = attributes;
    this.active = 0;
    this.outcomes = new Map();
  }

  /**
   * @param {number} started what `now()` said when the call began
   * @param {string} [error] its `error.type`; none where it went well
   */
  record(started, error) {
    let times = this.outcomes.get(error);
    if (times === undefined) this.outcomes.set(error, (times = new ExponentialHistogram()));
    times.record((now() - started) / 1000);
  }

  /**
   * Begins a call that has an answer but no state.
   * @returns {(error?: unknown) => void} to be told the answer; the first one counts
   */
  begin() {
    const started = now();
    let open = true;
    return (error) => {
      if (open) this.record(started, error ? 'error' : undefined);
      open = false;
    };
  }
}

/** Calls by destination, counted since the last `takePoints()`. */
class Calls {
  constructor() {
    this.destinations = new Map();
  }

  /**
   * @param {string} address a name, an IP address or the path of a socket
   * @param {number} [port]
   * @param {string} [system] `db.system.name` of a database
   * @returns {Destination}
   */
  to(address, port, system) {
    const key = `${system} ${address} ${port}`;
    return this.destinations.get(key) ?? this.admit(key, address, port, system);
  }

  admit(key, address, port, system) {
    if (this.destinations.size >= MOST_DESTINATIONS && address !== OTHER) return this.to(OTHER, undefined, system);
    const attributes = { 'db.system.name': system, 'server.address': address, 'server.port': port };
    const destination = new Destination(attributes);
    this.destinations.set(key, destination);
    return destination;
  }

  /** Points of an exponential histogram; clears. */
  takePoints() {
    const points = [];
    for (const { attributes, outcomes } of this.destinations.values()) {
      for (const [error, times] of outcomes) {
        const point = times.take();
        if (point !== undefined) points.push({ attributes: { ...attributes, 'error.type': error }, ...point });
      }
    }
    return points;
  }

  activePoints() {
    return Array.from(this.destinations.values(), ({ attributes, active }) => ({ attributes, value: active }));
  }
}

module.exports = { Calls, databases: new Calls(), now, requests: new Calls() };
