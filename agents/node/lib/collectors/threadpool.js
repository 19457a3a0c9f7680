'use strict';

const fs = require('node:fs');
const { performance } = require('node:perf_hooks');
// Held: a service may replace the global ones.
const { setImmediate, setTimeout } = require('node:timers');
const { gauge } = require('../otlp');

// The requests for one of the few threads of libuv's pool that Node.js lists: files and names of hosts. It does not
// list those of crypto and zlib; the wait tells of them.
const ON_THE_POOL = /^(FSReq|GetAddrInfoReq|GetNameInfoReq)/;

// Milliseconds. A queue this long is looked at again soon, and not only with the next export.
const QUEUE = 2;
const SOON = 1000;

// As libuv reads it (`atoi`), once, when the pool is first used.
const USUAL = 4;
const MOST = 1024;

/** Threads that the pool has, or will have. */
function threads() {
  const asked = process.env.UV_THREADPOOL_SIZE;
  if (asked === undefined) return USUAL;
  const size = Number.parseInt(asked, 10) || 1;
  return size < 0 ? MOST : Math.min(MOST, size);
}

/**
 * How long a request waits for a thread of the pool: one that has nothing to do is sent along with each export. What is
 * back by the time at which the loop first looks did not wait; after that, one turn of a busy loop may be in it. One that
 * still waits at the next export counts with its wait so far: behind a long queue it is away for several.
 * Times in milliseconds.
 */
class ThreadPool {
  constructor() {
    this.now = performance.now.bind(performance);
    // Of a descriptor, not of a path: allowed under every permission, and an error comes from the pool as well.
    this.ask = fs.fstat;
    this.longest = undefined;
    this.looked = undefined;
    this.asking = false;
    this.stopped = false;
    // Not at once: a service may set the size of the pool in its first lines, and whoever uses it first takes what is set.
    setImmediate(() => this.begin()).unref();
  }

  begin() {
    this.size = threads();
    this.send();
  }

  send() {
    if (this.asking || this.stopped) return;
    this.asking = true;
    this.looked = undefined;
    setImmediate(() => (this.looked = this.now())).unref();
    this.ask(0, () => this.returned(this.waited()));
  }

  waited() {
    return this.looked === undefined ? 0 : this.now() - this.looked;
  }

  returned(waited) {
    this.asking = false;
    this.longest = Math.max(this.longest ?? 0, waited);
    if (waited > QUEUE) setTimeout(() => this.send(), SOON).unref();
  }

  collect() {
    const listed = process.getActiveResourcesInfo().filter((type) => ON_THE_POOL.test(type)).length;
    const metrics = [gauge('advisor.nodejs.threadpool.active', '{request}', listed - (this.asking ? 1 : 0))];
    if (this.size !== undefined) metrics.push(gauge('advisor.nodejs.threadpool.size', '{thread}', this.size));
    if (this.asking && this.waited() > QUEUE) this.longest = Math.max(this.longest ?? 0, this.waited());
    if (this.longest !== undefined) metrics.push(gauge('advisor.nodejs.threadpool.wait', 's', this.longest / 1000));
    this.longest = undefined;
    this.send();
    return metrics;
  }

  stop() {
    this.stopped = true;
  }
}

module.exports = () => new ThreadPool();
