'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authority } = require('../lib/authority');

for (const [given, expected] of [
  [['http://shop.example'], ['shop.example', 80]],
  [['https://shop.example'], ['shop.example', 443]],
  [['https://shop.example:8443'], ['shop.example', 8443]],
  [['http://[::1]:8080'], ['[::1]', 8080]],
  [['http://[::1]'], ['[::1]', 80]],
  [['shop.example:8080', 'http:'], ['shop.example', 8080]],
  [['shop.example', 'https:'], ['shop.example', 443]],
  [['shop.example'], ['shop.example', undefined]],
]) {
  test(`${given.join(' by ')} is ${expected.join(' at ')}`, () => assert.deepEqual(authority(...given), expected));
}
