'use strict';

// Wall time from the start of the process to the moment at which the service listens.

const { PEERS, besidePeers } = require('../figures');
const { Service } = require('../service');
const { interval, median, rotated } = require('../statistics');

const VARIANTS = ['bareA', 'ours', ...PEERS];
const EXPORT_EVERY = 10;

// Milliseconds.
const GOAL = 10;

/** @returns {Promise<{figures: object[], tables: object[]}>} */
async function measure({ sink, options, progress }) {
  const rounds = [];
  progress(`start-up: ${options.starts} starts of each variant`);
  while (rounds.length < options.starts) {
    const times = {};
    for (const variant of rotated(VARIANTS, rounds.length)) times[variant] = await startOnce(variant, sink);
    rounds.push(times);
  }
  const over = Object.fromEntries(
    VARIANTS.map((variant) => [variant, rounds.map((times) => times[variant] - times.bareA)]),
  );
  return {
    figures: besidePeers('probe.startup', 'ms', GOAL, (variant) => median(over[variant])),
    tables: [tableOf(rounds, over)],
  };
}

async function startOnce(variant, sink) {
  const service = await Service.start(variant, ['express'], { sink, every: EXPORT_EVERY });
  await service.stop();
  return service.startup;
}

function tableOf(rounds, over) {
  const rows = VARIANTS.map((variant) => {
    const [low, high] = interval(over[variant]).map((end) => end.toFixed(1));
    const time = median(rounds.map((times) => times[variant])).toFixed(1);
    const difference = `${median(over[variant]).toFixed(1)} (${low} to ${high})`;
    return variant === 'bareA' ? ['bare', time, ''] : [variant, time, difference];
  });
  return {
    title: `Start-up of an Express service: milliseconds, ${rounds.length} starts of each`,
    head: ['variant', 'median', 'over bare, paired (95 % interval)'],
    rows,
  };
}

module.exports = { measure };
