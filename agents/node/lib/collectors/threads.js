'use strict';

const diagnostics = require('node:diagnostics_channel');
const { gauge } = require('../otlp');
const own = require('../own');

const CREATED = 'worker_threads';

// As many as the server keeps apart for one instance; a pool has about as many as there are cores.
const MOST = 50;

// What Node.js 24 calls a thread that nobody named; older ones know no names.
const UNNAMED = 'WorkerThread';

/** Worker threads that run, and how busy each one's own event loop was. */
class Threads {
  constructor() {
    this.running = new Map();
    this.onCreated = ({ worker }) => this.created(worker);
    diagnostics.subscribe(CREATED, this.onCreated);
  }

  created(worker) {
    try {
      if (own.isMaking) return;
      this.running.set(worker, { id: worker.threadId, last: undefined });
      worker.once('exit', () => this.running.delete(worker));
    } catch {
      // One thread less in the figures.
    }
  }

  collect() {
    const points = [];
    for (const [worker, thread] of this.running) {
      const utilization = points.length < MOST ? use(worker, thread) : undefined;
      const name = `${worker.threadName || UNNAMED} ${thread.id}`;
      if (utilization !== undefined) points.push({ value: utilization, attributes: { 'thread.name': name } });
    }
    return [
      gauge('advisor.nodejs.worker.count', '{thread}', this.running.size),
      gauge('advisor.nodejs.worker.eventloop.utilization', '1', points),
    ];
  }

  stop() {
    diagnostics.unsubscribe(CREATED, this.onCreated);
  }
}

/** The utilization since the last time, 0 to 1; undefined at first, and where the thread has no loop yet. */
function use({ performance }, thread) {
  const current = performance.eventLoopUtilization();
  const used = thread.last && performance.eventLoopUtilization(current, thread.last);
  thread.last = current;
  return used && used.active + used.idle > 0 ? used.utilization : undefined;
}

module.exports = () => new Threads();
