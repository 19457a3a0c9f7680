'use strict';

const { performance } = require('node:perf_hooks');
// Held, like the clocks below: a service may replace the global ones (fake timers in tests do).
const { clearInterval, setImmediate, setInterval } = require('node:timers');
const { isMainThread } = require('node:worker_threads');
const { startCollectors } = require('./collectors');
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

/** One per process: measures, and every interval makes an export and hands it to the sender. */
class Probe {
  /** @param {{endpoint: URL, interval: number, token?: string}} settings interval in seconds */
  constructor(settings) {
    this.wallClock = Date.now;
    this.monotonic = performance.now.bind(performance);
    this.settings = settings;
    this.sender = new Sender(settings, this.wallClock);
    this.collectors = startCollectors();
    this.resource = undefined;
    this.lastWall = this.wallClock();
    this.lastMonotonic = this.monotonic();
    this.timer = setInterval(() => this.tick(), settings.interval * 1000);
    this.timer.unref();
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
      this.sender.enqueue(this.export());
      await this.sender.send();
    } catch {
      // A probe may lose a sample; it may never be the reason why a service fails.
    }
  }

  /** The OTLP/JSON object of everything since the last export. */
  export() {
    // Loaded at the first export: a start-up does not pay for it, and by then PM2 has set its names.
    const identity = require('./identity');
    this.resource ??= identity.describe();
    const { start, time } = this.span();
    const metrics = this.collectors.flatMap(measure);
    const resource = { ...this.resource, ...identity.changing() };
    return otlp.exportOf(resource, metrics, start, time);
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

  stop() {
    clearInterval(this.timer);
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
