'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { besidePeers, figure, markdown } = require('../figures');
const { readOptions } = require('../options');
const { interval, median } = require('../statistics');

test('a figure holds up to its goal and not beyond, and says how it stands to its peer', () => {
  const base = { name: 'probe.test', unit: 'us', goal: 3, peer: 'prom-client', peer_value: 6 };
  assert.deepEqual(figure({ ...base, value: 3 }), { ...base, value: 3, ratio: 0.5, holds: true });
  assert.equal(figure({ ...base, value: 3.001 }).holds, false);
  assert.equal(figure({ ...base, value: 1, peer_value: -0.2 }).ratio, null);
  assert.equal(figure({ name: 'alone', unit: 'us', goal: 3, value: 1 }).peer, null);
});

test('each peer has its own line', () => {
  const lines = besidePeers('probe.test', 'us', 3, (variant) => (variant === 'ours' ? 2 : 4));
  assert.deepEqual(lines.map(({ peer, ratio }) => [peer, ratio]), [['prom-client', 0.5], ['opentelemetry', 0.5]]);
});

test('the median is the middle, and its interval holds it and shrinks with agreement', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  const [low, high] = interval([1, 2, 3, 4, 100]);
  assert.ok(low <= 3 && high >= 3 && high > low);
  assert.deepEqual(interval([2, 2, 2]), [2, 2]);
});

test('a run is long unless it is asked to be short, and a wrong option is named', () => {
  const long = readOptions({}, []);
  assert.deepEqual([long.rounds, long.parts], [10, ['request', 'idle', 'startup', 'attribution']]);
  assert.equal(readOptions({ QUICK: '1' }, []).rounds, 3);
  assert.equal(readOptions({ ROUNDS: '12' }, ['--write', 'page.md']).file, 'page.md');
  assert.throws(() => readOptions({ ROUNDS: 'many' }, []), /ROUNDS is "many"/);
  assert.throws(() => readOptions({ PARTS: 'idle,lunch' }, []), /PARTS has "lunch"/);
  assert.throws(() => readOptions({}, ['--out']), /--write FILE/);
});

test('a table is one of Markdown', () => {
  const text = markdown({ title: 'T', head: ['a', 'b'], rows: [['1', '2']], note: 'N' });
  assert.equal(text, '## T\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nN\n');
});
