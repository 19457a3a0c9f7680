'use strict';

const assert = require('node:assert/strict');
const { before, test } = require('node:test');
const { FILES, agreement, eventAgreement, read, record } = require('../testing/contract');
const { flatten, eventsIn } = require('../testing/receiver');

const KINDS = { gauge: 'gauge', histogram: 'histogram', exponentialHistogram: 'histogram' };

let recorded;

before(async () => {
  recorded = await record();
});

test('what a real service sends is what the example says', () => {
  assert.deepEqual(agreement(recorded.metrics), agreement(read(FILES.metrics)));
});

test('what it tells is what the example of events says', () => {
  assert.deepEqual(eventAgreement(recorded.events), eventAgreement(read(FILES.events)));
});

test('every metric has the unit, kind and attributes of the list', () => {
  const listed = new Map(read('metrics.json').map((metric) => [metric.name, metric]));
  for (const [name, { unit, kind, isMonotonic, points }] of Object.entries(flatten(recorded.metrics).metrics)) {
    const is = KINDS[kind] ?? (isMonotonic ? 'counter' : 'updowncounter');
    assert.deepEqual([unit, is], [listed.get(name)?.unit, listed.get(name)?.kind], name);
    const unknown = points.flatMap(({ attributes }) => Object.keys(attributes)).filter((key) => !listed.get(name).attributes.includes(key));
    assert.deepEqual(unknown, [], name);
  }
});

test('every event is one of the list, with no other attributes', () => {
  const listed = new Map(read('events.json').map(({ name, attributes }) => [name, attributes]));
  assert.deepEqual(eventsIn(recorded.events).map(({ name }) => name).toSorted(), [...listed.keys()].toSorted());
  for (const { name, attributes } of eventsIn(recorded.events)) {
    assert.deepEqual(Object.keys(attributes).filter((key) => !listed.get(name).includes(key)), [], name);
  }
});

for (const file of Object.values(FILES)) {
  test(`${file} has only finite numbers`, () => {
    JSON.stringify(read(file), (key, value) => {
      assert.notEqual(value, null, `${key} is null`);
      return value;
    });
  });
}
