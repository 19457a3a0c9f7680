'use strict';

const assert = require('node:assert/strict');
const { Receiver } = require('./receiver');
const { serve, stop } = require('./service');

/**
 * A service with the probe, and the receiver of what it sends; both end with the test.
 * @param {string} name of a program of `services/`
 * @param {object} [options] of `serve`
 */
async function watch(t, name, options) {
  const receiver = await new Receiver().listen();
  const service = await serve(name, { endpoint: receiver.endpoint, ...options });
  t.after(async () => {
    await stop(service);
    await receiver.close();
  });
  const ask = (path, init) => fetch(`${service.url}/${path}`, init).then((answer) => answer.json());
  return { receiver, service, ask };
}

/** Asks a service the same things with the probe and without it; the answers must not differ. */
async function assertSame(t, name, options, paths) {
  const { ask } = await watch(t, name, options);
  const bare = await serve(name, { ...options, probe: '' });
  t.after(() => stop(bare));
  for (const path of paths) {
    const expected = await (await fetch(`${bare.url}/${path}`)).json();
    assert.deepEqual(await ask(path), expected, path);
  }
}

/**
 * How often something was counted, over all exports, by the values of some attributes.
 * @param {Receiver} receiver
 * @param {string} metric a histogram
 * @param {string[]} keys of attributes; what is missing shows as "-"
 * @returns {Record<string, number>}
 */
function counts(receiver, metric, keys) {
  const found = {};
  for (const { attributes, count } of receiver.points(metric)) {
    const label = keys.map((key) => attributes[key] ?? '-').join(' ');
    found[label] = (found[label] ?? 0) + count;
  }
  return found;
}

/** Waits until as many were counted as are expected, and two exports more, so that none comes too many. */
async function expectCounts(receiver, metric, keys, expected) {
  const total = (found) => Object.values(found).reduce((sum, count) => sum + count, 0);
  await receiver.until(() => total(counts(receiver, metric, keys)) >= total(expected));
  const { length } = receiver.exports;
  await receiver.until((exports) => exports.length >= length + 2);
  assert.deepEqual(counts(receiver, metric, keys), expected);
}

/** The points of the newest export that has the metric: value by the values of its attributes. */
function levels({ exports }, metric) {
  const newest = exports.findLast(({ metrics }) => metrics?.[metric] !== undefined);
  const points = newest?.metrics[metric].points ?? [];
  return Object.fromEntries(points.map(({ attributes, asDouble }) => [Object.values(attributes).join(' '), asDouble]));
}

module.exports = { assertSame, counts, expectCounts, levels, watch };
