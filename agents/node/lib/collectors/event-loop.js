'use strict';

const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
const { counter, gauge } = require('../otlp');

// Milliseconds. The delay monitor's timer is the dearest part of an idle probe: 0.4 % of a core at
// 20 ms, 0.1 % at 100 ms. So it looks closely only while there is something to see.
const FINE = 20;
const COARSE = 100;

// What makes it look closely, and for how long after the last sign.
const BUSY_UTILIZATION = 0.3;
const LONG_DELAY = 50;
const STAY_FINE = 60_000;

/** Utilization and delay of the event loop. All figures of this file are milliseconds until sent. */
class EventLoop {
  constructor() {
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
    const delay = delayOf(this.monitor, this.resolution, now - this.since);
    const metrics = [...utilizationMetrics(used), ...delayMetrics(delay, this.resolution)];
    this.restart(used.utilization, delay.max - this.resolution, now);
    return metrics;
  }

  takeUtilization() {
    const current = this.readUtilization();
    const used = this.readUtilization(current, this.utilization);
    this.utilization = current;
    return used;
  }

  restart(utilization, lateness, now) {
    if (utilization > BUSY_UTILIZATION || lateness > LONG_DELAY) this.fineUntil = now + STAY_FINE;
    const wanted = now < this.fineUntil ? FINE : COARSE;
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

module.exports = () => new EventLoop();
module.exports.delayOf = delayOf;
