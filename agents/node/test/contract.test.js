'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { FILE, agreement, recordExport } = require('../testing/contract');

test('what a real service sends is what the contract says', async () => {
  const contract = JSON.parse(fs.readFileSync(FILE, 'utf8'));
  assert.deepEqual(agreement(await recordExport()), agreement(contract));
});

test('the contract has only finite numbers', () => {
  JSON.parse(fs.readFileSync(FILE, 'utf8'), (key, value) => {
    assert.notEqual(value, null, `${key} is null`);
    return value;
  });
});
