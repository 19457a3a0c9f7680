'use strict';

// Reads the stack of the main thread from another one, by stopping it for the moment that it takes. The sampling
// profiler of V8 would be the obvious means, but to start it walks the whole heap: 1.5 ms a MiB, seen on Node.js 20.

const inspector = require('node:inspector');
const { performance } = require('node:perf_hooks');

/**
 * @typedef {import('./place').Frame} Frame
 */

// Held: a service may replace the global clock by one that stands still.
const now = performance.now.bind(performance);

// Places in the memory that both threads share: whether one is attached, and whether it must leave.
const ATTACHED = 0;
const LEAVE = 1;

// Milliseconds that the end of a process may wait for the thread to notice, and then to take it in.
const LONGEST_WAIT = 500;
const TAKE_IN = 5;

/** One debugger session with the main thread, attached only while somebody asks. */
class Stacks {
  /** @param {Int32Array} shared with the main thread, see `letGo` */
  constructor(shared) {
    this.shared = shared;
    this.session = undefined;
    this.users = 0;
    this.asked = [];
  }

  /** Attaching makes the debugger know every script: some 30 ms of the main thread's time. */
  attach() {
    this.users++;
    if (this.session !== undefined) return;
    Atomics.store(this.shared, ATTACHED, 1);
    this.session = new inspector.Session();
    this.session.connectToMainThread();
    // A frame names its script by number; all numbers are told once the debugger is enabled.
    this.urls = new Map();
    this.session.on('Debugger.scriptParsed', ({ params }) => this.urls.set(params.scriptId, params.url));
    this.session.on('Debugger.paused', ({ params }) => this.paused(params.callFrames));
    this.session.post('Debugger.enable');
  }

  /** Calls back with the stack, innermost first, once the main thread runs JavaScript; never if nobody is attached then. */
  ask(callback) {
    this.asked.push(callback);
    this.session?.post('Debugger.pause');
  }

  /** True once the process ends: nobody may attach any more, and this one has left. */
  mustLeave() {
    if (Atomics.load(this.shared, LEAVE) === 0) return false;
    this.leave();
    return true;
  }

  paused(callFrames) {
    this.session?.post('Debugger.resume');
    const frames = callFrames.map((frame) => this.frameOf(frame));
    for (const callback of this.asked.splice(0)) callback(frames);
  }

  frameOf({ functionName, location }) {
    return { name: functionName, url: this.urls.get(location.scriptId) ?? '', line: location.lineNumber + 1 };
  }

  detach() {
    this.users--;
    if (this.users === 0) this.leave();
  }

  leave() {
    if (this.session === undefined) return;
    this.asked = [];
    this.session.post('Debugger.disable');
    this.session.disconnect();
    this.session = undefined;
    Atomics.store(this.shared, ATTACHED, 0);
    Atomics.notify(this.shared, ATTACHED);
  }
}

/**
 * Called on the main thread when the process ends: Node.js would wait for an attached debugger for ever, and say so.
 * Returns at once where none is.
 * @param {Int32Array} shared
 */
function letGo(shared) {
  Atomics.store(shared, LEAVE, 1);
  if (Atomics.load(shared, ATTACHED) === 0) return;
  Atomics.wait(shared, ATTACHED, 1, LONGEST_WAIT);
  // That it left is news for this thread too, which takes it in while it runs JavaScript.
  const until = now() + TAKE_IN;
  while (now() < until);
}

module.exports = { Stacks, letGo };
