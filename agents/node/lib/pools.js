'use strict';

const { ExponentialHistogram } = require('./histogram');

// As many names as the server keeps apart for one instance.
const MOST_POOLS = 50;

/**
 * What a pool of connections looks like at one moment. `max` is missing where it has no limit, the name
 * where the pool does not know its server yet.
 * @typedef {{name?: string, used: number, idle: number, pending: number, max?: number}} Figures
 */

/** Pools that were seen at work. They are held weakly: one that the service drops is forgotten. */
class Pools {
  constructor() {
    this.known = new WeakSet();
    this.seen = new Set();
    this.waits = new Map();
  }

  /**
   * Takes note of a pool, once.
   * @template {object} P
   * @param {P} pool
   * @param {(pool: P) => Figures[]} read one entry for each server that it connects to
   */
  add(pool, read) {
    if (this.known.has(pool) || this.seen.size >= MOST_POOLS) return;
    this.known.add(pool);
    this.seen.add({ reference: new WeakRef(pool), read });
  }

  /**
   * Someone got a connection, or gave up.
   * @param {string | undefined} name of the pool
   * @param {number} seconds
   */
  waited(name, seconds) {
    let times = this.waits.get(name);
    if (times === undefined) {
      if (name === undefined || this.waits.size >= MOST_POOLS) return;
      this.waits.set(name, (times = new ExponentialHistogram()));
    }
    times.record(seconds);
  }

  /** The figures of all pools by name; pools to the same server add up. */
  figures() {
    const byName = new Map();
    for (const entry of this.seen) {
      const pool = entry.reference.deref();
      if (pool === undefined) this.seen.delete(entry);
      else for (const figures of attempt(entry.read, pool)) add(byName, figures);
    }
    return byName;
  }

  /** Points of an exponential histogram; clears. */
  takeWaits() {
    const points = [];
    for (const [name, times] of this.waits) {
      const point = times.take();
      if (point === undefined) this.waits.delete(name);
      else points.push({ attributes: { 'db.client.connection.pool.name': name }, ...point });
    }
    return points;
  }
}

/** A pool of another version than the one that was read for says nothing, and the others are still heard. */
function attempt(read, pool) {
  try {
    return read(pool);
  } catch {
    return [];
  }
}

function add(byName, { name, used, idle, pending, max }) {
  if (name === undefined) return;
  const sum = byName.get(name);
  if (sum === undefined) {
    byName.set(name, { used, idle, pending, max });
    return;
  }
  sum.used += used;
  sum.idle += idle;
  sum.pending += pending;
  sum.max = sum.max === undefined || max === undefined ? undefined : sum.max + max;
}

module.exports = { Pools, pools: new Pools() };
