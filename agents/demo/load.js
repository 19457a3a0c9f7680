'use strict';

// Keeps checkout's event loop nearly full and blocks reports now and then, and says how it goes.

const http = require('node:http');
const os = require('node:os');
const { performance } = require('node:perf_hooks');
const { setTimeout: wait } = require('node:timers/promises');
const { Cannon } = require('./lib/cannon');
const governor = require('./lib/governor');

const CHECKOUT = process.env.CHECKOUT_URL ?? 'http://127.0.0.1:3001';
const REPORTS = process.env.REPORTS_URL ?? 'http://127.0.0.1:3002';

// Seconds.
const LINE_EVERY = 15;
const EXPORT_EVERY = 4;
const TIMEOUT = 10;

// A handler of 5 ms fills a loop at 200 a second; from below, the queue does not grow while it learns.
const FIRST_RATE = 120;

const state = { rate: FIRST_RATE, step: 0 };

/** The answer's text, or undefined where there is none. */
function get(url) {
  return new Promise((resolve) => {
    const request = http.get(url, { timeout: TIMEOUT * 1000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text)).on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

async function readLoop() {
  const text = await get(`${CHECKOUT}/__loop`);
  return text === undefined ? undefined : { ...JSON.parse(text), time: performance.now() };
}

/** Corrects checkout's rate; waits for it where it does not answer, and goes on where it was restarted. */
async function driveCheckout() {
  const cannon = new Cannon(`${CHECKOUT}/checkout`, governor.spread);
  let since;
  let settled = false;
  for (;;) {
    const now = await readLoop();
    const busy = since && now && governor.busyBetween(since, now);
    if (busy === undefined) since = now;
    else if (governor.isDue((now.time - since.time) / 1000, busy, settled)) {
      state.rate = governor.nextRate(state.rate, busy, governor.LADDER[state.step].aim);
      settled ||= governor.inBand(busy);
      since = now;
    }
    cannon.setRate(state.rate);
    if (now !== undefined) cannon.start();
    await wait(governor.FIRST_STEPS * 1000);
  }
}

async function driveReports() {
  setInterval(() => get(`${REPORTS}/reports/export`), EXPORT_EVERY * 1000);
  for (;;) {
    get(`${REPORTS}/reports`);
    await wait(1000 / governor.LADDER[state.step].light);
  }
}

function processorTimes() {
  const times = os.cpus().map((cpu) => cpu.times);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.map((cpu) => sum(Object.values(cpu)))) };
}

/** Measures host and checkout, lets something give way where it must, and says all of it in one line. */
async function watch() {
  let before = { processors: processorTimes(), loop: await readLoop() };
  for (;;) {
    await wait(LINE_EVERY * 1000);
    const after = { processors: processorTimes(), loop: await readLoop() };
    const { idle, all } = before.processors;
    const host = 1 - (after.processors.idle - idle) / (after.processors.all - all);
    const busy = before.loop && after.loop && governor.busyBetween(before.loop, after.loop);
    before = after;
    state.step = governor.nextStep(state.step, host);
    console.log(governor.report({ ...state, host, busy }));
  }
}

driveCheckout();
driveReports();
watch();
