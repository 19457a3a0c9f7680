'use strict';

// Reads the stack of the main thread from another one, in the middle of what it does there. A message of the inspector
// interrupts running code for the moment that it takes. What it is asked is a console message of V8's own console,
// which nobody prints: the inspector says at which stack a message was made. Without a debugger, which would have to
// learn every script (30 ms) and takes 20 ms to describe one stack; without an error, which may end a process that
// aborts on an uncaught one; without any code of the service. Some 0.7 ms in all, seen on Node.js 20 to 26.

const inspector = require('node:inspector');
const { performance } = require('node:perf_hooks');

/**
 * @typedef {import('./place').Frame} Frame
 */

// Held: a service may replace the global clock by one that stands still.
const now = performance.now.bind(performance);

// Where the main thread keeps V8's console, and the monitor of its loop. It is `clear` that is called, so that messages
// do not pile up.
const HERE = '@scaling-advisor/here';
const BEATS = '@scaling-advisor/beats';
const { clear } = inspector.console;

// Nothing where the main thread no longer shows them: an error would be one that nobody catches.
const ASKED = `this[${JSON.stringify(HERE)}]?.(), this[${JSON.stringify(BEATS)}]?.count`;

// Places in the memory that both threads share: how many sessions are attached, and whether all must leave.
const ATTACHED = 0;
const LEAVE = 1;

// Milliseconds that the end of a process may wait for the thread to notice, and then to take it in.
const LONGEST_WAIT = 500;
const TAKE_IN = 5;

/** Sessions with the main thread, each attached only until its one question is answered. */
class Stacks {
  /** @param {Int32Array} shared with the main thread, see `letGo` */
  constructor(shared) {
    this.shared = shared;
    this.sessions = new Set();
  }

  /**
   * Calls back with the stack, innermost first, once the main thread runs JavaScript or is idle (then it is empty), and
   * with how often its loop had beaten at that moment: without both where the stack is not shown; never if it was left
   * before.
   * @param {(frames: Frame[] | undefined, beats: number | undefined) => void} callback
   */
  ask(callback) {
    const session = this.attach();
    if (session === undefined) return;
    let callFrames;
    session.on('Runtime.consoleAPICalled', ({ params }) => (callFrames = params.stackTrace?.callFrames));
    session.post('Runtime.enable');
    session.post('Runtime.evaluate', { expression: ASKED, silent: true }, (_, answer) => {
      this.detach(session);
      callback(callFrames && interrupted(callFrames), answer?.result.value);
    });
  }

  attach() {
    // In this order: see `letGo`, which does the two the other way round.
    Atomics.add(this.shared, ATTACHED, 1);
    const session = new inspector.Session();
    this.sessions.add(session);
    if (this.mustLeave()) return undefined;
    session.connectToMainThread();
    return session;
  }

  detach(session) {
    if (!this.sessions.delete(session)) return;
    session.disconnect();
    Atomics.sub(this.shared, ATTACHED, 1);
    Atomics.notify(this.shared, ATTACHED);
  }

  /** True once the process ends: nobody may attach any more, and those of this one have left. */
  mustLeave() {
    if (Atomics.load(this.shared, LEAVE) === 0) return false;
    this.leave();
    return true;
  }

  leave() {
    for (const session of this.sessions) this.detach(session);
  }
}

/** What lies below the one line that was evaluated. */
function interrupted(callFrames) {
  const ours = callFrames.findIndex(({ url }) => url === '');
  return callFrames
    .slice(ours + 1)
    .map(({ functionName, url, lineNumber }) => ({ name: functionName, url, line: lineNumber + 1 }));
}

/**
 * Called on the main thread: from now on its stack can be asked for.
 * @param {{ count: number }} [beats] monitor of its loop
 */
function show(beats) {
  Object.defineProperty(globalThis, HERE, { value: clear, configurable: true });
  Object.defineProperty(globalThis, BEATS, { value: beats, configurable: true });
}

/**
 * Called on the main thread when the process ends: Node.js would wait for an attached session for ever, and say so.
 * Returns at once where none is.
 * @param {Int32Array} shared
 */
function letGo(shared) {
  Atomics.store(shared, LEAVE, 1);
  delete globalThis[HERE];
  delete globalThis[BEATS];
  const until = now() + LONGEST_WAIT;
  let attached = Atomics.load(shared, ATTACHED);
  if (attached === 0) return;
  while (attached > 0 && now() < until) {
    Atomics.wait(shared, ATTACHED, attached, until - now());
    attached = Atomics.load(shared, ATTACHED);
  }
  // That they left is news for this thread too, which takes it in while it runs JavaScript.
  const takenIn = now() + TAKE_IN;
  while (now() < takenIn);
}

module.exports = { Stacks, letGo, show };
