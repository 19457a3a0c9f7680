'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { BAND, LADDER, busyBetween, inBand, isDue, nextRate, nextStep, report, spread } = require('../lib/governor');

const AIM = LADDER[0].aim;

/** Corrections until the loop of a service with this work a request (seconds) is in its band. */
function settle(work, rate = 120) {
  const busy = () => Math.min(1, rate * work);
  for (let steps = 0; steps < 20; steps++) {
    if (inBand(busy())) return steps;
    rate = nextRate(rate, busy(), AIM);
  }
  return Infinity;
}

test('the rate finds the band within a few corrections, on a fast and on a slow machine', () => {
  for (const work of [0.002, 0.004, 0.005, 0.006, 0.009, 0.02]) {
    assert.ok(settle(work) <= 8, `${settle(work)} corrections at ${work} s`);
  }
});

test('a loop near the aim is left alone, a full one is let off, an empty one is loaded with care', () => {
  assert.equal(nextRate(170, 0.89, AIM), 170);
  assert.equal(nextRate(200, 0.999, AIM), 150);
  assert.equal(nextRate(100, 0, AIM), 150);
});

test('corrections come quickly while the band is unknown or left, and seldom within it', () => {
  assert.ok(isDue(3, 0.5, false) && !isDue(3, 0.5, true) && isDue(6, 0.5, true));
  assert.ok(!isDue(6, 0.88, false) && !isDue(12, 0.88, true) && isDue(15, 0.88, true));
});

test('the ladder goes down while the host is too busy and up when there is room', () => {
  assert.equal(nextStep(0, 0.76), 1);
  assert.equal(nextStep(LADDER.length - 1, 0.99), LADDER.length - 1);
  assert.equal(nextStep(2, 0.71), 2);
  assert.equal(nextStep(2, 0.6), 1);
  assert.equal(nextStep(0, 0.1), 0);
});

test('the light traffic gives way before checkout leaves its band', () => {
  const leaves = LADDER.findIndex(({ aim }) => aim < BAND.low);
  assert.ok(LADDER.slice(0, leaves).some(({ light }) => light === LADDER.at(-1).light));
  for (const { light } of LADDER) assert.ok(light >= 1 && light <= 5);
});

test('the busy share is a difference, and unknown over a restart', () => {
  assert.equal(busyBetween({ active: 100, idle: 100 }, { active: 190, idle: 110 }), 0.9);
  assert.equal(busyBetween({ active: 5000, idle: 800 }, { active: 20, idle: 80 }), undefined);
});

test('lanes share the whole rate', () => {
  for (const total of [10, 119, 170.4, 177]) {
    const rates = spread(total, 10);
    assert.equal(
      rates.reduce((a, b) => a + b),
      Math.round(total),
    );
    assert.ok(Math.max(...rates) - Math.min(...rates) <= 1);
  }
});

test('the line says what gave way', () => {
  const calm = report({ busy: 0.884, rate: 171.2, host: 0.55, step: 0 });
  assert.equal(
    calm,
    'host 55 % busy (aim: below 75 %); checkout loop 88 % at 171 req/s; reports 4 req/s and one export every 4 s',
  );
  assert.match(report({ busy: 0.7, rate: 120, host: 0.5, step: 0 }), /not yet in 85 % to 92 %$/);
  assert.match(report({ busy: 0.88, rate: 120, host: 0.8, step: 1 }), /reports 2 req\/s.*light traffic lowered/);
  assert.match(report({ busy: 0.8, rate: 120, host: 0.8, step: 4 }), /checkout held at 83 %, below its band/);
  assert.match(report({ busy: undefined, rate: 120, host: 0.2, step: 0 }), /checkout does not answer/);
});
