'use strict';

// How this process ends, and how its cluster's workers do. Only listeners that change nothing: `exit` and
// `uncaughtExceptionMonitor` are told, not asked.

const { place } = require('./place');

const EXITED = 'advisor.process.exited';

// What a class is called, and what Node.js and its packages give as a code: ECONNREFUSED, ERR_INVALID_ARG_TYPE.
const NAME = /^[\w$]{1,80}$/;
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;

/** Tells of the end of this process, and counts the errors that nobody caught. */
class Ending {
  /**
   * @param {import('./events').Events} events
   * @param {() => number | undefined} inFlight requests that nobody has answered yet, streams left out
   * @param {() => void} [last] called when the process ends
   */
  constructor(events, inFlight, last = () => {}) {
    this.events = events;
    this.inFlight = inFlight;
    this.last = last;
    this.unhandled = 0;
    this.attributes = {};
    this.watchesWorkers = false;
    this.listeners = {
      beforeExit: () => this.note('out-of-work'),
      uncaughtExceptionMonitor: (error, origin) => this.caught(error, origin),
      exit: (code) => this.ended(code),
    };
    makeRoom(process);
    for (const [name, listener] of Object.entries(this.listeners)) process.on(name, listener);
  }

  note(cause, attributes = {}) {
    this.attributes = { 'advisor.cause': cause, ...attributes };
  }

  /** An error that nobody caught: the service may have a listener that lets it go on. */
  caught(error, origin) {
    this.unhandled++;
    try {
      this.failed(error, origin);
    } catch {
      // What was thrown does not let itself be looked at.
    }
  }

  failed(error, origin) {
    const cause = origin === 'unhandledRejection' ? 'unhandled-rejection' : 'uncaught-exception';
    this.note(cause, { 'exception.type': typeOf(error), ...place(stackOf(error)) });
    this.failedAt = process.uptime();
  }

  ended(code) {
    try {
      // An error long ago that the service survived is not why it ends.
      const failed = this.failedAt !== undefined && process.uptime() - this.failedAt < 1;
      if (!failed && this.attributes['advisor.cause'] !== 'out-of-work') this.note('exit');
      this.events.add(EXITED, {
        ...this.attributes,
        'process.exit.code': Number(code ?? 0),
        'advisor.process.exit.active_requests': this.inFlight(),
      });
      this.events.flushNow();
      this.last();
    } catch {
      // The last word is lost; the end is as it would have been.
    }
  }

  /** From the first export on: a primary is one once it has forked. */
  watchWorkers() {
    if (this.watchesWorkers) return;
    this.watchesWorkers = true;
    this.onWorkerExit = (worker, code, signal) => this.workerEnded(worker, code, signal);
    makeRoom(require('node:cluster'));
    require('node:cluster').on('exit', this.onWorkerExit);
  }

  workerEnded(worker, code, signal) {
    try {
      this.events.add(EXITED, {
        'advisor.cause': signal ? 'signal' : 'exit',
        'process.exit.code': typeof code === 'number' ? code : undefined,
        'advisor.process.exit.signal': signal ?? undefined,
        'advisor.process.exited.pid': worker.process.pid,
      });
      this.events.flush();
    } catch {
      // One event less.
    }
  }

  stop() {
    for (const [name, listener] of Object.entries(this.listeners)) process.off(name, listener);
    if (this.watchesWorkers) require('node:cluster').off('exit', this.onWorkerExit);
  }
}

/** Our listener is none of those that the service is warned of when it has many. */
function makeRoom(emitter) {
  const most = emitter.getMaxListeners();
  if (most > 0) emitter.setMaxListeners(most + 1);
}

/** The class of what was thrown, and its code where it has one; never its message, which may hold anything. */
function typeOf(error) {
  const { name } = error?.constructor ?? {};
  const known = NAME.test(name) ? name : typeof error;
  return CODE.test(error?.code) ? `${known} ${error.code}` : known;
}

function stackOf(error) {
  return typeof error?.stack === 'string' ? error.stack : '';
}

module.exports = { Ending };
