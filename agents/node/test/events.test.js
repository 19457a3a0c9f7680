'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Events } = require('../lib/events');
const { Sender } = require('../lib/sender');
const { Receiver } = require('../testing/receiver');

const TIME = 1_790_000_000_000.5;

async function pair(t) {
  const receiver = await new Receiver().listen();
  const sender = new Sender({ endpoint: new URL(receiver.endpoint) }, () => TIME);
  t.after(() => {
    sender.close();
    return receiver.close();
  });
  return { receiver, events: new Events(sender, () => ({ 'service.name': 'shop' }), () => TIME) };
}

test('events go as log records of their process, numbers as what they are', async (t) => {
  const { receiver, events } = await pair(t);
  events.add('advisor.process.started', { whole: 3, part: 0.5, text: 'x', absent: undefined, endless: Infinity });
  events.flush();
  const { url, time, resource, record } = await receiver.event('advisor.process.started');
  assert.deepEqual([url, time, resource['service.name']], ['/v1/logs', TIME, 'shop']);
  assert.deepEqual(record.attributes, [
    { key: 'whole', value: { intValue: 3 } },
    { key: 'part', value: { doubleValue: 0.5 } },
    { key: 'text', value: { stringValue: 'x' } },
  ]);
});

test('what happens together goes together, and nothing goes twice', async (t) => {
  const { receiver, events } = await pair(t);
  for (const name of ['one', 'two']) events.add(name);
  events.flush();
  events.flush();
  events.add('three');
  events.flush();
  await receiver.event('three');
  assert.deepEqual(receiver.events.map(({ name }) => name), ['one', 'two', 'three']);
});

test('of very many the newest are kept', async (t) => {
  const { receiver, events } = await pair(t);
  for (let i = 0; i < 150; i++) events.add(`event ${i}`);
  events.flush();
  await receiver.event('event 149');
  assert.deepEqual([receiver.events.length, receiver.events[0].name], [100, 'event 50']);
});
