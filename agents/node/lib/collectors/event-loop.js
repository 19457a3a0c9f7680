'use strict';

const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const { counter, gauge } = require('../otlp');

// Milliseconds. The delay monitor's timer is the dearest part of an idle probe: 0.4 % of a core at 10 ms, 0.1 % at
// 100 ms. So it looks closely only while there is something to see, and hardly at all while the loop's whole work is
// less than one long delay.
const FINE = 20;
const COARSE = 100;
const RESTING = 200;

// What makes it look closely, and for how long after the last sign.
const BUSY_UTILIZATION = 0.3;
const LONG_DELAY = 50;
const STAY_FINE = 60_000;

/** Utilization and delay of the event loop. All figures of this file are milliseconds until sent. */
class EventLoop {
  /** @param {{saw?: (reading: {utilization: number, longest: number, blocked: number, span: number}) => void}} probe */
  constructor(probe = {}) {
    this.probe = probe;
    // Held, because a service may replace the global clock by a fake one.
    this.now = performance.now.bind(performance);
    this.readUtilization = performance.eventLoopUtilization.bind(performance);
    // Taken now: the first reading of a process may be empty, a difference of two is not.
    this.utilization = this.readUtilization();
    this.fineUntil = 0;
    this.watch(COARSE);
  }

  watch(resolution) {
    this.monitor?.disable();
    this.resolution = resolution;
    this.monitor = monitorEventLoopDelay({ resolution });
    this.monitor.enable();
    this.since = this.now();
  }

  collect() {
    const used = this.takeUtilization();
    const now = this.now();
    const span = now - this.since;
    const delay = delayOf(this.monitor, this.resolution, span);
    const metrics = [...utilizationMetrics(used), ...delayMetrics(delay, this.resolution)];
    const longest = Math.max(0, delay.max - this.resolution);
    this.restart(used, longest, now);
    this.probe.saw?.({ utilization: used.utilization, longest, blocked: delay.blocked, span });
    return metrics;
  }

  /** The longest delay since the last export, so far. */
  longestYet() {
    return this.monitor.count > 0 ? Math.max(0, this.monitor.max / 1e6 - this.resolution) : 0;
  }

  takeUtilization() {
    const current = this.readUtilization();
    const used = this.readUtilization(current, this.utilization);
    this.utilization = current;
    return used;
  }

  restart({ utilization, active }, longest, now) {
    if (utilization > BUSY_UTILIZATION || longest > LONG_DELAY) this.fineUntil = now + STAY_FINE;
    const wanted = now < this.fineUntil ? FINE : active > LONG_DELAY ? COARSE : RESTING;
    if (wanted !== this.resolution) {
      this.watch(wanted);
      return;
    }
    this.monitor.reset();
    this.since = now;
  }

  stop() {
    this.monitor.disable();
  }
}

/**
 * What the monitor saw in a span, in milliseconds. It records the time between two runs of its timer,
 * so its values include the resolution, and their sum is the time it covered. A reset makes it lose the
 * first run; a block in that gap shows as time not covered. Without a block that is one to two resolutions.
 */
function delayOf(monitor, resolution, span) {
  const count = monitor.count;
  const covered = count > 0 ? (monitor.mean * count) / 1e6 : 0;
  const unseen = span - covered - resolution;
  const hidden = unseen > 2 * resolution ? unseen : 0;
  const delay = { max: hidden > 0 ? hidden + resolution : 0, blocked: hidden, count };
  if (count === 0) return delay;
  delay.blocked += Math.max(0, covered - count * resolution);
  delay.max = Math.max(delay.max, monitor.max / 1e6);
  delay.min = monitor.min / 1e6;
  delay.mean = monitor.mean / 1e6;
  delay.stddev = monitor.stddev / 1e6;
  for (const percentile of [50, 90, 99]) delay[`p${percentile}`] = monitor.percentile(percentile) / 1e6;
  return delay;
}

function utilizationMetrics({ utilization, active, idle }) {
  // Both are 0 until the loop runs; a ratio of nothing says nothing.
  if (active + idle <= 0) return [];
  return [
    gauge('nodejs.eventloop.utilization', '1', utilization),
    counter('nodejs.eventloop.time', 's', [
      { value: active / 1000, attributes: { 'nodejs.eventloop.state': 'active' } },
      { value: idle / 1000, attributes: { 'nodejs.eventloop.state': 'idle' } },
    ]),
  ];
}

function delayMetrics({ blocked, count, ...figures }, resolution) {
  const metrics = [
    gauge('advisor.nodejs.eventloop.delay.resolution', 's', resolution / 1000),
    counter('advisor.nodejs.eventloop.blocked.time', 's', blocked / 1000),
  ];
  // Nothing seen and nothing missed: the span was shorter than the timer.
  if (count === 0 && blocked === 0) return metrics;
  for (const [figure, value] of Object.entries(figures)) {
    metrics.push(gauge(`nodejs.eventloop.delay.${figure}`, 's', value / 1000));
  }
  return metrics;
}

module.exports = (probe = {}) => {
  const collector = new EventLoop(probe);
  probe.longestYet = () => collector.longestYet();
  return collector;
};
module.exports.delayOf = delayOf;
