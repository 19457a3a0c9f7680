'use strict';

// Which functions a busy loop spends its time in: some stacks at random moments in which its thread runs.

const fs = require('node:fs');
const { performance } = require('node:perf_hooks');
const { blamed } = require('./place');

// Enough to see a share of a third to within a tenth or so, over some seconds (milliseconds between two).
const SAMPLES = 60;
const BETWEEN = 80;

// A thread that sleeps would be stopped at whatever it does next. Where nobody says what it does, late is asleep.
const LATE = 5;

const STATE = `/proc/self/task/${process.pid}/stat`;

/** True while the kernel says that the main thread runs; undefined where it does not say. */
function isRunning() {
  try {
    return / R /.test(fs.readFileSync(STATE, 'latin1').replace(/^.*\)/s, ''));
  } catch {
    return undefined;
  }
}

/**
 * Takes the samples and calls back with the functions that they fell into, the dearest first.
 * @param {import('./stacks').Stacks} stacks
 * @param {(found: {frame: object, share: number}[]) => void} done shares of the samples that were taken, 0 to 1
 */
function sample(stacks, done) {
  const taken = [];
  let left = SAMPLES;
  function next() {
    if (stacks.mustLeave()) return;
    if (left-- > 0) {
      ask(stacks, taken);
      setTimeout(next, BETWEEN * (0.5 + Math.random()));
      return;
    }
    done(shares(taken));
  }
  setTimeout(next, BETWEEN);
}

function ask(stacks, taken) {
  const running = isRunning();
  if (running === false) return;
  const asked = performance.now();
  stacks.ask((frames) => {
    if (frames !== undefined && (running || performance.now() - asked < LATE)) taken.push(frames);
  });
}

/** The line of a function is the one that most of its samples stood at. */
function shares(taken) {
  const found = new Map();
  for (const frame of taken.map(blamed)) {
    if (frame === undefined) continue;
    const key = `${frame.name} ${frame.url}`;
    const lines = found.get(key) ?? [];
    found.set(key, lines);
    lines.push(frame);
  }
  return Array.from(found.values(), (frames) => ({ frame: commonest(frames), share: frames.length / taken.length })).sort(
    (a, b) => b.share - a.share,
  );
}

function commonest(frames) {
  const counts = new Map();
  for (const { line } of frames) counts.set(line, (counts.get(line) ?? 0) + 1);
  const [line] = [...counts].sort(([, a], [, b]) => b - a)[0];
  return { ...frames[0], line };
}

module.exports = { sample, shares };
