'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const { Pools } = require('../lib/pools');

const figures = (name, max) => () => [{ name, used: 1, idle: 2, pending: 3, max }];

test('pools to the same server add up, and one without a limit makes the sum one without', () => {
  const pools = new Pools();
  const held = [{}, {}, {}, {}];
  pools.add(held[0], figures('one', 5));
  pools.add(held[0], figures('one', 5)); // seen again
  pools.add(held[1], figures('one', 7));
  pools.add(held[2], figures('other', 5));
  pools.add(held[3], figures('other'));
  assert.deepEqual(Object.fromEntries(pools.figures()), {
    one: { used: 2, idle: 4, pending: 6, max: 12 },
    other: { used: 2, idle: 4, pending: 6, max: undefined },
  });
});

test('a pool that cannot be read, or does not know its server, says nothing', () => {
  const pools = new Pools();
  const held = [{}, {}, {}];
  pools.add(held[0], () => {
    throw new Error('another version');
  });
  pools.add(held[1], figures(undefined));
  pools.add(held[2], figures('one'));
  assert.deepEqual([...pools.figures().keys()], ['one']);
});

test('at most fifty pools are looked at', () => {
  const pools = new Pools();
  const held = Array.from({ length: 60 }, () => ({}));
  held.forEach((pool, i) => pools.add(pool, figures(`pool ${i}`)));
  for (let i = 0; i < 60; i++) pools.waited(`pool ${i}`, 0.1);
  assert.equal(pools.figures().size, 50);
  assert.equal(pools.takeWaits().length, 50);
});

test('a pool that the service dropped is forgotten', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc');
  const pools = new Pools();
  (() => pools.add({}, figures('dropped')))();
  // A reference that was read in a turn is held until the turn ends.
  await new Promise(setImmediate);
  collectGarbage();
  assert.equal(pools.figures().size, 0);
});

test('waits are counted by pool since the last time, and an idle pool makes room for another', () => {
  const pools = new Pools();
  pools.waited('one', 0.5);
  pools.waited('one', 0.25);
  pools.waited(undefined, 1);
  const [{ attributes, count, sum }] = pools.takeWaits();
  assert.deepEqual([attributes, count, sum], [{ 'db.client.connection.pool.name': 'one' }, 2, 0.75]);
  assert.deepEqual(pools.takeWaits(), []);
  assert.equal(pools.waits.size, 0);
});
