'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { isMeasured } = require('../lib/redis-commands');

test('a command that asks and gets an answer is measured', () => {
  for (const name of ['get', 'SET', Buffer.from('HGETALL'), 'bitcount']) {
    assert.ok(isMeasured(name, ['key']), String(name));
  }
});

test('what waits by design or opens a connection is not', () => {
  for (const name of ['blpop', 'BRPOPLPUSH', 'bzpopmin', 'subscribe', 'wait', 'HELLO', 'auth']) {
    assert.ok(!isMeasured(name, []), name);
  }
});

test('reading a stream is measured unless it is told to wait', () => {
  assert.ok(isMeasured('xread', ['STREAMS', 'orders', '0']));
  assert.ok(!isMeasured('XREADGROUP', ['GROUP', 'a', 'b', 'BLOCK', 5000, 'STREAMS', 'orders', '>']));
});
