'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { attempt, shadow, unwrapAll, watchCallback, watchPromise, wrap } = require('../lib/wrap');

const passOn = (original) =>
  function () {
    return Reflect.apply(original, this, arguments);
  };
const fail = () => {
  throw new Error('ours');
};
const theirs = () => {
  throw new Error('theirs');
};

test('a wrapped method looks like the one before, and gets its place back', () => {
  class Thing {
    add(one, two) {
      return this.base + one + two;
    }
  }
  const { prototype } = Thing;
  const before = Object.getOwnPropertyDescriptor(prototype, 'add');
  wrap(prototype, 'add', passOn);
  const { value, ...flags } = Object.getOwnPropertyDescriptor(prototype, 'add');
  assert.notEqual(value, before.value);
  assert.deepEqual([value.name, value.length], ['add', 2]);
  assert.deepEqual(flags, { writable: true, configurable: true, enumerable: false });
  assert.equal(Object.assign(new Thing(), { base: 1 }).add(2, 3), 6);
  unwrapAll();
  assert.deepEqual(Object.getOwnPropertyDescriptor(prototype, 'add'), before);
});

test('an inherited method is wrapped for the heir alone', () => {
  class Parent {
    say() {
      return 'said';
    }
  }
  class Heir extends Parent {}
  wrap(Heir.prototype, 'say', passOn);
  assert.ok(Object.hasOwn(Heir.prototype, 'say'));
  assert.equal(new Heir().say(), 'said');
  unwrapAll();
  assert.ok(!Object.hasOwn(Heir.prototype, 'say'));
});

test('what somebody else wrapped again stays', () => {
  const thing = { say: () => 'said' };
  wrap(thing, 'say', passOn);
  const outer = passOn(thing.say);
  thing.say = outer;
  unwrapAll();
  assert.equal(thing.say, outer);
});

test('what is no method or may not be replaced is left alone', () => {
  const frozen = Object.freeze({ say: () => 'said' });
  const computed = Object.defineProperty({}, 'say', { get: () => () => 'said' });
  const things = [frozen, computed, { say: 'said' }, {}];
  const before = things.map((thing) => Object.getOwnPropertyDescriptor(thing, 'say'));
  for (const thing of things) wrap(thing, 'say', passOn);
  assert.deepEqual(things.map((thing) => Object.getOwnPropertyDescriptor(thing, 'say')), before);
});

test('a shadow belongs to its object and does not show', () => {
  class Thing {
    say() {
      return 'said';
    }
  }
  const thing = new Thing();
  shadow(thing, 'say', (say) => () => `${say()} again`);
  assert.equal(thing.say(), 'said again');
  assert.equal(new Thing().say(), 'said');
  assert.deepEqual(Object.keys(thing), []);
});

test('a watched promise has the same outcome, whatever the watcher does', async () => {
  const told = [];
  const error = new Error('theirs');
  assert.equal(await watchPromise(Promise.resolve('value'), (...answer) => told.push(answer)), 'value');
  await assert.rejects(watchPromise(Promise.reject(error), (given) => told.push(given)), (given) => given === error);
  assert.deepEqual(told, [[], error]);
  assert.equal(await watchPromise(Promise.resolve('value'), fail), 'value');
  await assert.rejects(watchPromise(Promise.reject(error), fail), (given) => given === error);
  assert.equal(watchPromise(undefined, fail), undefined);
});

test('a watched callback gets the same arguments and its own `this`, whatever the watcher does', () => {
  const callback = function (...answer) {
    return [this, ...answer];
  };
  const told = [];
  const watched = watchCallback(callback, (error) => told.push(error));
  assert.deepEqual(watched.call('self', null, 1, 2), ['self', null, 1, 2]);
  assert.deepEqual(told, [null]);
  assert.deepEqual(watchCallback(callback, fail).call('self'), ['self']);
  assert.throws(watchCallback(theirs, () => {}), /theirs/);
});

test('an attempt of ours that fails says nothing', () => {
  assert.equal(attempt(fail), undefined);
  assert.equal(attempt((one, two) => one + two, 1, 2), 3);
});
