'use strict';

// What a service that has nothing to do costs: all variants idle at the same time, in the same windows.

const { performance } = require('node:perf_hooks');
const { setTimeout: wait } = require('node:timers/promises');
const { besidePeers, figure } = require('../figures');
const { memory, processorSeconds } = require('../proc');
const { Service } = require('../service');
const { median } = require('../statistics');

const VARIANTS = ['bareA', 'ours', 'armed', 'prom-client', 'opentelemetry'];
const COPIES = 2;
const EXPORT_EVERY = 10;

// Per cent of one core, and MiB, over the bare process.
const CPU_GOAL = 0.1;
const RSS_GOAL = 2;
const ARMED_RSS_GOAL = 6;

/** @returns {Promise<{figures: object[], tables: object[]}>} */
async function measure({ sink, options, progress }) {
  const services = await startAll(sink);
  try {
    progress(`idle: ${services.length} services settle for ${options.settle} s`);
    await wait(options.settle * 1000);
    const windows = [];
    while (windows.length < options.windows) {
      progress(`idle: window ${windows.length + 1} of ${options.windows}, ${options.window} s`);
      windows.push(await measureWindow(services, options.window));
    }
    return report(summarize(services, windows));
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
}

async function startAll(sink) {
  const services = [];
  for (const name of Array(COPIES).fill(VARIANTS).flat()) {
    const service = await Service.start(name, ['express'], { sink, every: EXPORT_EVERY });
    services.push(Object.assign(service, { name }));
  }
  return services;
}

/** Per cent of one core that each used meanwhile. */
async function measureWindow(services, seconds) {
  const read = ({ pid }) => ({ used: processorSeconds(pid), at: performance.now() / 1000 });
  const before = services.map(read);
  await wait(seconds * 1000);
  return services.map((service, i) => {
    const { used, at } = read(service);
    return ((used - before[i].used) / (at - before[i].at)) * 100;
  });
}

/** Of each variant all shares that were seen, and the middle of its copies' memory. */
function summarize(services, windows) {
  const sizes = services.map(({ pid }) => memory(pid));
  const summary = {};
  for (const name of VARIANTS) {
    const mine = (all) => all.filter((_, i) => services[i].name === name);
    const copies = mine(sizes);
    summary[name] = {
      shares: windows.flatMap(mine),
      rss: median(copies.map(({ rss }) => rss)),
      pss: median(copies.map(({ pss }) => pss)),
    };
  }
  return summary;
}

function report(summary) {
  const cpu = (name) => median(summary[name].shares) - median(summary.bareA.shares);
  const rss = (name) => summary[name].rss - summary.bareA.rss;
  return {
    figures: [
      ...besidePeers('probe.idle.cpu', '% of a core', CPU_GOAL, cpu),
      figure({ name: 'probe.idle.cpu.armed', value: cpu('armed'), unit: '% of a core', goal: CPU_GOAL }),
      ...besidePeers('probe.idle.rss', 'MiB', RSS_GOAL, rss),
      figure({ name: 'probe.idle.rss.armed', value: rss('armed'), unit: 'MiB', goal: ARMED_RSS_GOAL }),
    ],
    tables: [tableOf(summary)],
  };
}

function tableOf(summary) {
  const bare = summary.bareA;
  const rows = Object.entries(summary).map(([name, { shares, rss, pss }]) => [
    name === 'bareA' ? 'bare' : name,
    median(shares).toFixed(3),
    (median(shares) - median(bare.shares)).toFixed(3),
    `${Math.min(...shares).toFixed(3)} to ${Math.max(...shares).toFixed(3)}`,
    `${rss.toFixed(1)} (${(rss - bare.rss).toFixed(1)})`,
    `${pss.toFixed(1)} (${(pss - bare.pss).toFixed(1)})`,
  ]);
  return {
    title: 'Idle: per cent of one core, MiB',
    head: ['variant', 'CPU', 'over bare', 'copies and windows', 'RSS (over bare)', 'PSS (over bare)'],
    rows,
    note: 'armed: ours with the watcher of blocks running (`ADVISOR_PROBE_WATCH=always`).',
  };
}

module.exports = { measure };
