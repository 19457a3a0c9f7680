'use strict';

// How soon, and how well, the probe names the code that holds up the loop.

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: wait } = require('node:timers/promises');
const { figure } = require('../figures');
const { Service } = require('../service');

const SCRIPT = path.join(__dirname, '..', 'blocker.js');
const CASES = { counting: 'counting', json: 'bigJson', regexp: 'badExpression', pbkdf2Sync: 'keyFor' };
const BLOCKED = 'advisor.nodejs.eventloop.blocked';
const PROFILED = 'advisor.nodejs.eventloop.profile';

// Nobody can look into native code; its caller is named when it returns.
const NATIVE = new Set(['pbkdf2Sync']);

// Seconds. Between two blocks the watcher rests, so that each is named.
const GOAL = 0.5;
const APART = 6;
const EVENT_TIMEOUT = 40;
const EXPORT_EVERY = 2;

/** @returns {Promise<{figures: object[], tables: object[]}>} */
async function measure({ sink, progress }) {
  sink.clear();
  const service = await Service.start('armed', [], { sink, every: EXPORT_EVERY, script: SCRIPT });
  try {
    const found = [];
    for (const name of Object.keys(CASES)) {
      await wait(APART * 1000);
      progress(`attribution: ${name}`);
      found.push(await block(service, sink, name));
    }
    await wait(APART * 1000);
    progress('attribution: many short blocks');
    const profiled = await shortBlocks(service, sink);
    return { figures: [...found.map(figureOf), profileFigure(profiled)], tables: [tableOf([...found, profiled])] };
  } finally {
    await service.stop();
  }
}

async function block(service, sink, name) {
  const { text } = await service.get(`/${name}`);
  const { began, ended } = JSON.parse(text);
  const isLast = (event) => event.name === BLOCKED && event.time > began - 1000 && event.at >= ended;
  const event = await eventOf(sink, isLast);
  const namedAt = event.time + event.attributes['advisor.attribution.delay'] * 1000;
  const seconds = (namedAt - (NATIVE.has(name) ? ended : began)) / 1000;
  return { name, event, seconds, from: NATIVE.has(name) ? 'its end' : 'its start', isRight: isRight(event, name) };
}

/** The sampling begins with an export and is over some seconds later. */
async function shortBlocks(service, sink) {
  const { began } = JSON.parse((await service.get('/steps')).text);
  const event = await eventOf(sink, ({ name, time }) => name === PROFILED && time > began);
  await service.get('/rest');
  const seconds = (event.at - began) / 1000;
  return { name: 'steps', event, seconds, from: 'the first', isRight: isRight(event, 'steps', 'step') };
}

function eventOf(sink, fits) {
  return sink.until((received) => received.flatMap(eventsIn).find(fits), EVENT_TIMEOUT);
}

function eventsIn({ path: address, body, time: at }) {
  if (!address.endsWith('/v1/logs')) return [];
  return JSON.parse(body).resourceLogs[0].scopeLogs[0].logRecords.map(({ eventName, timeUnixNano, attributes }) => ({
    name: eventName,
    time: Number(BigInt(timeUnixNano) / 1000n) / 1000,
    at,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
  }));
}

function isRight({ attributes }, name, called = CASES[name]) {
  const line = fs.readFileSync(SCRIPT, 'utf8').split('\n').findIndex((text) => text.endsWith(`// ${name}`)) + 1;
  const { 'code.function.name': found, 'code.file.path': file, 'code.line.number': at } = attributes;
  return found === called && file === SCRIPT && at === line;
}

function figureOf({ name, seconds, isRight }) {
  const measured = figure({ name: `probe.attribution.${name}`, value: seconds, unit: 's', goal: GOAL });
  return { ...measured, holds: measured.holds && isRight };
}

/** Of a profile the place counts: its length is chosen. */
function profileFigure({ event, isRight }) {
  const share = event.attributes['advisor.share'];
  return { ...figure({ name: 'probe.attribution.steps', value: share, unit: '1', goal: 1 }), holds: isRight };
}

function tableOf(found) {
  return {
    title: 'Naming what blocks the loop',
    head: ['block', 'seconds to the name', 'from', 'named', 'right'],
    rows: found.map(({ name, event, seconds, from, isRight }) => [
      name,
      seconds.toFixed(2),
      from,
      `\`${event.attributes['code.function.name']}\` line ${event.attributes['code.line.number']}`,
      isRight ? 'yes' : 'no',
    ]),
    note: 'Many short blocks (steps of 30 ms) are sampled for some 5 s after an export that shows a busy loop.',
  };
}

module.exports = { measure };
