'use strict';

// Who holds up the loop: a thread looks on while it stands still, since the loop itself cannot.

const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const { attributesOf } = require('./place');
const own = require('./own');
const { letGo, show } = require('./stacks');

// Milliseconds. The monitor's timer runs in native code; the thread reads its count from shared memory.
const BEAT = 50;

// Without a long block for so long the thread is sent away again.
const PATIENCE = 600_000;

const BLOCKED = 'advisor.nodejs.eventloop.blocked';
const PROFILED = 'advisor.nodejs.eventloop.profile';

// Of a profile as many functions as a page shows, and none that is hardly there.
const MOST = 3;
const LEAST = 0.05;

// A block of which garbage collection took this share is no code's fault.
const MOSTLY = 0.5;

// A thread that only looks needs little; the rest is Node.js itself.
const LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 4, stackSizeMb: 1 };

/** The thread that looks on, and what becomes of what it saw. Times in milliseconds. */
class Watcher {
  /** @param {import('./probe').Probe} probe */
  constructor(probe) {
    this.probe = probe;
    this.now = performance.now.bind(performance);
    this.wallClock = Date.now;
    this.always = probe.settings.watch === 'always';
    this.lastBlock = this.now();
    this.beats = monitorEventLoopDelay({ resolution: BEAT });
    this.beats.enable();
    this.shared = new Int32Array(new SharedArrayBuffer(8));
    this.worker = this.start();
  }

  start() {
    show(this.beats); // before the thread can ask
    own.isMaking = true;
    try {
      const { endpoint, token } = this.probe.settings;
      const worker = new Worker(path.join(__dirname, 'watcher-thread.js'), {
        // Neither the service's options nor its environment: nothing of it is loaded there.
        execArgv: [],
        env: {},
        name: 'scaling-advisor',
        // Not the service's: it may have closed them, and a pipe to them would open them.
        stdout: true,
        stderr: true,
        resourceLimits: LIMITS,
        workerData: {
          ...{ beats: this.beats, beat: BEAT, shared: this.shared },
          ...{ endpoint: endpoint.href, token, resource: this.probe.attributes() },
        },
      });
      worker.on('message', (news) => this.heard(news));
      worker.on('error', () => this.failed());
      worker.unref(); // last: a listener for messages would keep the process alive again
      return worker;
    } finally {
      own.isMaking = false;
    }
  }

  /** With each export: away with the thread when nothing happens, or when somebody debugs. */
  saw() {
    const quiet = !this.always && this.now() - this.lastBlock > PATIENCE;
    if (quiet || isDebugged()) this.stop();
  }

  /** Where a loop without long blocks spends its time: the thread answers some seconds later. */
  sample() {
    this.worker.postMessage('sample');
  }

  heard({ block, profile }) {
    try {
      this.lastBlock = this.now();
      if (block !== undefined) this.ended(block);
      if (profile !== undefined) this.profiled(profile);
    } catch {
      // One event less.
    }
  }

  /** The loop runs again. What the thread saw has its times in Unix milliseconds. */
  ended({ start, frame, delay }) {
    const longest = this.beats.max / 1e6;
    this.beats.reset();
    // The timer was due within one beat of the block's start, so this is right to half a beat.
    this.tell(start, Math.max(0, longest - BEAT / 2), frame, delay);
  }

  profiled({ start, duration, functions }) {
    functions.slice(0, MOST).forEach(({ frame, share }, ordinal) => {
      if (share < LEAST) return;
      const attributes = { 'advisor.share': share, 'advisor.event.ordinal': ordinal, ...attributesOf(frame) };
      this.probe.events.add(PROFILED, { 'advisor.duration': duration / 1000, ...attributes }, start);
    });
    this.probe.events.flush();
  }

  tell(start, duration, frame, delay) {
    const began = this.now() - (this.wallClock() - start);
    const collected = this.probe.pausesBetween?.(began - BEAT, began + duration + 2 * BEAT) ?? 0;
    const isCollection = collected > MOSTLY * duration;
    const place = isCollection ? {} : { ...attributesOf(frame), 'advisor.attribution.delay': delay && delay / 1000 };
    const cause = isCollection ? 'gc' : frame && 'code';
    const attributes = { 'advisor.duration': duration / 1000, 'advisor.cause': cause, ...place };
    this.probe.events.add(BLOCKED, attributes, start);
    this.probe.events.flush();
  }

  /** Out of its memory, or not allowed what it needs: it would not fare better the next time. */
  failed() {
    this.probe.settings.watch = 'never';
    this.stop();
  }

  /** The process ends. */
  letGo() {
    letGo(this.shared);
  }

  stop() {
    letGo(this.shared);
    this.beats.disable();
    this.worker?.terminate();
    this.probe.disarmed(this);
  }
}

/** True while somebody debugs this process: its main thread is theirs to stop. */
function isDebugged() {
  return require('node:inspector').url() !== undefined;
}

module.exports = { BLOCKED, Watcher, isDebugged };
