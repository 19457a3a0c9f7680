'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { readSettings } = require('../lib/settings');

test('without settings it sends to the local agent every ten seconds, with no token', () => {
  const { endpoint, interval, token } = readSettings({});
  assert.equal(endpoint.href, 'http://127.0.0.1:4318/v1/metrics');
  assert.equal(interval, 10);
  assert.equal(token, undefined);
});

test('an address without a path gets the one of OTLP', () => {
  const { endpoint } = readSettings({ ADVISOR_PROBE_ENDPOINT: 'https://advisor.example' });
  assert.equal(endpoint.href, 'https://advisor.example/v1/metrics');
});

test('an address that is none is named, with an example', () => {
  for (const text of ['localhost', 'ftp://advisor.example/']) {
    assert.throws(() => readSettings({ ADVISOR_PROBE_ENDPOINT: text }), /ADVISOR_PROBE_ENDPOINT is .*127\.0\.0\.1/);
  }
});

test('an interval that is none, too short or too long is named', () => {
  for (const text of ['soon', '0', '-1', '1e9']) {
    assert.throws(() => readSettings({ ADVISOR_PROBE_INTERVAL: text }), /ADVISOR_PROBE_INTERVAL is .* 0.1 to 3600/);
  }
});
