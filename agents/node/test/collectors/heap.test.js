'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Receiver } = require('../../testing/receiver');
const { serve, stop } = require('../../testing/service');

test('the heap limit is the one that the service was started with', async (t) => {
  const receiver = await new Receiver().listen();
  const probe = require.resolve('../..');
  const service = await serve('plain', {
    endpoint: receiver.endpoint,
    env: { NODE_OPTIONS: `--require ${probe} --max-old-space-size=200` },
  });
  t.after(async () => {
    await stop(service);
    await receiver.close();
  });
  const { metrics } = await receiver.until(([first]) => first);
  const value = (name) => metrics[name].points[0].asDouble;
  const limit = value('advisor.v8js.memory.heap.limit') / 2 ** 20;
  assert.ok(limit >= 200 && limit < 500, `${limit} MiB`);
  assert.ok(value('v8js.memory.heap.used') > 1e6);
  assert.ok(value('v8js.memory.heap.used') <= value('v8js.memory.heap.space.size'));
  assert.ok(value('advisor.v8js.memory.external') > 0);
});
