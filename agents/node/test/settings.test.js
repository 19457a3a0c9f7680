'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { readSettings } = require('../lib/settings');

test('without settings it sends to the local agent every ten seconds, with no token', () => {
  const { endpoint, server, interval, token, watch } = readSettings({});
  assert.equal(endpoint.href, 'http://127.0.0.1:4318/');
  assert.deepEqual([server, interval, token, watch], [undefined, 10, undefined, 'auto']);
});

test("OTLP's own path may be part of an address, since each kind of data adds its own", () => {
  for (const [text, base] of [
    ['https://advisor.example', 'https://advisor.example/'],
    ['https://advisor.example/v1/metrics', 'https://advisor.example/'],
    ['https://advisor.example/otlp/v1/metrics', 'https://advisor.example/otlp'],
  ]) {
    assert.equal(readSettings({ ADVISOR_PROBE_ENDPOINT: text }).endpoint.href, base);
    assert.equal(readSettings({ ADVISOR_PROBE_SERVER: text }).server.href, base);
  }
});

test('a token that would begin another header is named, and not printed', () => {
  const wrong = () => readSettings({ ADVISOR_PROBE_TOKEN: 'sah_secret\r\nX: 1' });
  assert.throws(wrong, ({ message }) => message.includes('ADVISOR_PROBE_TOKEN') && !message.includes('secret'));
});

test('a way of watching that there is not is named, with those that there are', () => {
  assert.equal(readSettings({ ADVISOR_PROBE_WATCH: 'always' }).watch, 'always');
  assert.throws(() => readSettings({ ADVISOR_PROBE_WATCH: 'yes' }), /ADVISOR_PROBE_WATCH is "yes".*auto, always, never/);
});

test('an address that is none is named, with an example', () => {
  for (const text of ['localhost', 'ftp://advisor.example/']) {
    for (const name of ['ADVISOR_PROBE_ENDPOINT', 'ADVISOR_PROBE_SERVER']) {
      assert.throws(() => readSettings({ [name]: text }), new RegExp(`${name} is .*127\\.0\\.0\\.1`));
    }
  }
});

test('an interval that is none, too short or too long is named', () => {
  for (const text of ['soon', '0', '-1', '1e9']) {
    assert.throws(() => readSettings({ ADVISOR_PROBE_INTERVAL: text }), /ADVISOR_PROBE_INTERVAL is .* 0.1 to 3600/);
  }
});
