'use strict';

// CPU per request. In each round every variant has a fresh process. They take turns of some tenths of a second, in
// an order that chance makes, so that all of them meet the same machine; each is compared with the mean of the two
// bare ones of its round.

const { performance } = require('node:perf_hooks');
const { setTimeout: wait } = require('node:timers/promises');
const { PEERS, besidePeers, figure } = require('../figures');
const { Generator } = require('../generator');
const { Service } = require('../service');
const { interval, mean, median, rotated, shuffled } = require('../statistics');

const CONNECTIONS = 50;
const OTHERS = ['bareA', 'prom-client', 'bareB', 'opentelemetry'];
const TURNS = 20;

// All counted turns of a server are over in a few seconds, so all export every 2 s and not every 10: the export is
// in the figure.
const EXPORT_EVERY = 2;
const REPORT_TIMEOUT = 30;

// Milliseconds from the first start to the first turn: ours, which starts first, samples a busy loop for some 5 s and
// then not for five minutes. What that costs is measured by itself.
const SAMPLED = 10_000;

const ROUTE = '/users/:id';

// Requests before the count begins, and counted ones: some seconds of each.
const APPS = {
  express: { warmUp: 20_000, counted: 60_000 },
  fastify: { warmUp: 40_000, counted: 150_000 },
  heavy: { warmUp: 4_000, counted: 10_000 },
};

// Microseconds per request; of a heavy one, per cent of what it costs.
const GOAL = 3;
const HEAVY_GOAL = 1;

/** @returns {Promise<{figures: object[], tables: object[]}>} */
async function measure({ sink, options, progress }) {
  const tools = { sink, generator: new Generator(), share: options.share };
  const summaries = [];
  for (const app of Object.keys(APPS)) {
    const rounds = [];
    while (rounds.length < options.rounds) {
      progress(`CPU per request, ${app}: round ${rounds.length + 1} of ${options.rounds}`);
      rounds.push(await measureRound(app, ['ours', ...rotated(OTHERS, rounds.length)], tools));
    }
    summaries.push(summarize(app, rounds));
  }
  tools.generator.close();
  return { figures: summaries.flatMap(figuresOf), tables: summaries.map(tableOf) };
}

/** Microseconds of CPU for each counted request, by variant. */
async function measureRound(app, order, tools) {
  const services = [];
  const start = performance.now();
  tools.sink.clear();
  try {
    for (const name of order) services.push(await warm(name, app, tools));
    await wait(Math.max(0, start + SAMPLED - performance.now()));
    const used = await countTurns(services, APPS[app].counted * tools.share, tools.generator);
    for (const service of services) await assertReported(service, tools.sink);
    return used;
  } finally {
    for (const service of services) await tools.generator.disconnect(service.port);
    await Promise.all(services.map((service) => service.stop()));
  }
}

async function warm(name, app, { sink, generator, share }) {
  const service = await Service.start(name, [app], { sink, every: EXPORT_EVERY });
  await generator.connect(service.port, CONNECTIONS);
  await generator.run(service.port, APPS[app].warmUp * share);
  return Object.assign(service, { name });
}

async function countTurns(services, requests, generator) {
  const used = Object.fromEntries(services.map(({ name }) => [name, 0]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const service of shuffled(services)) {
      const before = await service.usage();
      await generator.run(service.port, requests / TURNS);
      const after = await service.usage();
      used[service.name] += (after.used - before.used) / requests;
    }
  }
  return used;
}

/** Whoever measures nothing would be the cheapest: each must have told the route. */
async function assertReported(service, sink) {
  const { path, scraped } = service.variant;
  const told = (all) => all.some((received) => received.path === path && received.body.includes(ROUTE));
  if (path !== undefined) await sink.until(told, REPORT_TIMEOUT);
  if (scraped && !(await service.scrape()).includes(`route="${ROUTE}"`)) {
    throw new Error('The scraped figures do not name the route');
  }
}

/**
 * What each variant costs over the bare ones of the same round, and by how much ours differs from prom-client.
 * @param {Record<string, number>[]} rounds microseconds per request, by variant
 */
function summarize(app, rounds) {
  const bare = rounds.map(({ bareA, bareB }) => mean([bareA, bareB]));
  const over = (variant) => rounds.map((round, i) => round[variant] - bare[i]);
  return {
    app,
    bare: median(bare),
    noise: rounds.map(({ bareA, bareB }) => bareA - bareB),
    costs: Object.fromEntries(['ours', ...PEERS].map((variant) => [variant, over(variant)])),
    paired: rounds.map((round) => round.ours - round['prom-client']),
  };
}

function figuresOf({ app, bare, costs, paired }) {
  const name = `probe.request.cpu.${app}`;
  if (app === 'heavy') return besidePeers(name, '%', HEAVY_GOAL, (variant) => (median(costs[variant]) / bare) * 100);
  const difference = { name: `${name}.over.prom-client`, value: median(paired), unit: 'us', goal: 0 };
  return [...besidePeers(name, 'us', GOAL, (variant) => median(costs[variant])), figure(difference)];
}

function tableOf({ app, bare, noise, costs, paired }) {
  const below = paired.filter((difference) => difference < 0).length;
  return {
    title: `CPU per request, ${app}: microseconds over bare (${bare.toFixed(1)})`,
    head: ['variant', 'median (95 % interval)', 'share of bare', 'round by round'],
    rows: [
      ...Object.entries(costs).map(([variant, values]) => rowOf(variant, values, bare)),
      rowOf('noise: bare A - bare B', noise, bare),
      rowOf('ours - prom-client', paired, bare),
    ],
    note: `Ours is below prom-client in ${below} of ${paired.length} rounds.`,
  };
}

function rowOf(name, values, bare) {
  const [low, high] = interval(values).map((end) => end.toFixed(2));
  const share = `${((median(values) / bare) * 100).toFixed(1)} %`;
  return [name, `${median(values).toFixed(2)} (${low} to ${high})`, share, list(values)];
}

function list(values) {
  return values.map((value) => value.toFixed(1)).join(', ');
}

module.exports = { measure, summarize };
