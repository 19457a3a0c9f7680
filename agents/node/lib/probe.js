'use strict';

const { performance } = require('node:perf_hooks');
// Held, like the clocks below: a service may replace the global ones (fake timers in tests do).
const { clearInterval, setImmediate, setInterval, setTimeout } = require('node:timers');
const { isMainThread } = require('node:worker_threads');
const { startCollectors } = require('./collectors');
const { Ending } = require('./ending');
const { Events } = require('./events');
const otlp = require('./otlp');
const { Sender } = require('./sender');
const { readSettings } = require('./settings');

const LOADED = Symbol.for('@scaling-advisor/probe');

// NODE_OPTIONS reaches the package managers and PM2's own processes too; none of them is a service.
const TOOL = new RegExp(
  '/(npm|npx|npm-cli|npx-cli|corepack|yarn|yarnpkg|yarn-[\\d.]+|pnpm|pnpx|pm2|pm2-runtime)(\\.[cm]?js)?$' +
    '|/pm2/lib/Daemon\\.js$',
);

// A wall clock that moved by more than this against the monotonic one was set, not running.
const CLOCK_STEP = 1000;

// Milliseconds without a turn of the loop that are worth finding out who it was.
const LONG_BLOCK = 200;

// Milliseconds after which the delay monitor has seen what was.
const SEEN = 250;

// Milliseconds after which a service has started, or is one that ends soon after it began: then its end needs an
// open connection to be told by.
const SOON = 1000;

// A loop as busy as this without one long block, or held up for this share of the time by short ones, is sampled;
// no more often than this (milliseconds).
const BUSY = 0.7;
const HELD_UP = 0.1;
const SAMPLE_AGAIN = 300_000;

/** One per process: measures, and every interval makes an export and hands it to the sender. */
class Probe {
  /** @param {ReturnType<typeof readSettings>} settings */
  constructor(settings) {
    this.wallClock = Date.now;
    this.monotonic = performance.now.bind(performance);
    this.beganAt = performance.timeOrigin;
    this.settings = settings;
    this.sender = new Sender(settings, this.wallClock);
    this.events = new Events(this.sender, () => this.attributes(), this.wallClock);
    this.ending = new Ending(
      this.events,
      () => this.inFlight?.(),
      () => this.watcher?.letGo(),
    );
    this.sampleNext = 0;
    this.collectors = startCollectors(this);
    this.lastWall = this.wallClock();
    this.lastMonotonic = this.monotonic();
    this.timer = setInterval(() => this.tick(), settings.interval * 1000);
    this.timer.unref();
    setTimeout(() => this.begin(), SOON).unref();
    if (settings.watch === 'always') this.arm();
  }

  tick() {
    // Read one turn later: after a block all overdue timers run first, the delay monitor's among
    // them, so that the block is in this export and is not wiped by the reset that follows.
    setImmediate(() => {
      this.flush();
    }).unref();
  }

  async flush() {
    try {
      this.begin();
      this.sender.enqueue(this.export());
      await this.sender.send();
    } catch {
      // A probe may lose a sample; it may never be the reason why a service fails.
    }
  }

  /** Soon after the start, which does not pay for it; by then the service is what it is. */
  begin() {
    if (this.hasBegun) return;
    this.hasBegun = true;
    try {
      this.events.add('advisor.process.started', {}, this.beganAt);
      this.events.flush();
      this.ending.watchWorkers();
    } catch {
      // One event less.
    }
  }

  /** Who this process is: resource attributes. */
  attributes() {
    const identity = require('./identity');
    this.resource ??= identity.describe();
    return { ...this.resource, ...identity.changing() };
  }

  /** The OTLP/JSON object of everything since the last export. */
  export() {
    const { start, time } = this.span();
    const metrics = this.collectors.flatMap(measure);
    return otlp.exportOf(this.attributes(), metrics, start, time);
  }

  /** Unix milliseconds of the last export and of this one, apart by what really passed. */
  span() {
    const time = this.wallClock();
    const monotonic = this.monotonic();
    const passed = monotonic - this.lastMonotonic;
    const stepped = Math.abs(time - this.lastWall - passed) > CLOCK_STEP;
    const start = stepped ? time - passed : this.lastWall;
    this.lastWall = time;
    this.lastMonotonic = monotonic;
    return { start: Math.min(start, time), time };
  }

  /** What the loop did since the last export; where there is something to see, who it was is looked for. */
  saw({ utilization, longest, blocked, span }) {
    this.watcher?.saw();
    // The first one holds the start-up: loading is one long block of every service, and no news.
    if (!this.hasStarted) {
      this.hasStarted = true;
      return;
    }
    if (longest > LONG_BLOCK) this.arm();
    else if (utilization > BUSY || blocked / span > HELD_UP) this.sample();
  }

  /** A request took long: whether the loop stood still meanwhile is seen once the delay monitor's timer has run. */
  suspect() {
    if (this.watcher !== undefined || this.isSuspecting || !this.hasStarted) return;
    this.isSuspecting = true;
    const look = () => {
      this.isSuspecting = false;
      if (this.longestYet?.() > LONG_BLOCK) this.arm();
    };
    setTimeout(look, SEEN).unref();
  }

  /** From now on somebody looks on while the loop stands still. */
  arm() {
    if (this.watcher !== undefined || this.settings.watch === 'never') return;
    try {
      const { Watcher, isDebugged } = require('./watcher');
      if (!isDebugged()) this.watcher = new Watcher(this);
    } catch {
      // Threads may be forbidden; then nobody looks, and nobody tries again.
      this.settings.watch = 'never';
    }
  }

  disarmed() {
    this.watcher = undefined;
  }

  sample() {
    if (this.monotonic() < this.sampleNext) return;
    this.sampleNext = this.monotonic() + SAMPLE_AGAIN;
    this.arm();
    this.watcher?.sample();
  }

  stop() {
    clearInterval(this.timer);
    this.watcher?.stop();
    this.ending.stop();
    this.sender.close();
    for (const collector of this.collectors) collector.stop();
  }
}

/** What one collector has to say; nothing if it fails, so that the others are still heard. */
function measure(collector) {
  try {
    return collector.collect();
  } catch {
    return [];
  }
}

function isTool(script) {
  return script !== undefined && TOOL.test(script);
}

/** Starts the process's one probe, or returns the one that runs, or undefined where none should. */
function load() {
  if (process[LOADED] !== undefined) return process[LOADED];
  if (!isMainThread || isTool(process.argv[1])) return undefined;
  try {
    const probe = new Probe(readSettings(process.env));
    Object.defineProperty(process, LOADED, { value: probe });
    return probe;
  } catch (error) {
    process.emitWarning(`The probe did not start: ${error.message}`, { type: 'ScalingAdvisorProbe' });
    return undefined;
  }
}

module.exports = { Probe, isTool, load };
