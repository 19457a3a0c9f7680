'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { shares } = require('../lib/sampling');

const frame = (name, line, url = 'file:///srv/server.js') => ({ name, url, line });

test('a function has the share of the samples that it was the innermost in, at its commonest line', () => {
  const handler = frame('handler', 30);
  const taken = [
    [frame('step', 8), handler],
    [frame('step', 9), handler],
    [frame('hash', 1, 'node:crypto'), frame('step', 9), handler],
    [handler],
  ];
  assert.deepEqual(shares(taken), [
    { frame: frame('step', 9), share: 0.75 },
    { frame: handler, share: 0.25 },
  ]);
});

test('samples in which nobody of the service ran count, and name nobody', () => {
  assert.deepEqual(shares([[frame('', 1, '')], [frame('step', 8)]]), [{ frame: frame('step', 8), share: 0.5 }]);
  assert.deepEqual(shares([]), []);
});
