'use strict';

const { after, before, describe, test } = require('node:test');
const { Receiver } = require('../../testing/receiver');
const { missing, startServer } = require('../../testing/servers');
const { start, stop } = require('../../testing/service');
const { assertSame, counts, expectCounts, watch } = require('../../testing/watch');

const DURATION = 'db.client.operation.duration';
const KEYS = ['db.system.name', 'server.address', 'server.port', 'error.type'];

describe('ioredis', { skip: missing('valkey') }, () => {
  let server;
  let options;

  before(async () => {
    server = await startServer('valkey');
    options = { args: [JSON.stringify(server.place)] };
  });
  after(() => server.stop());

  test('every command counts once, in pipelines and before there is a connection too', async (t) => {
    const { receiver, ask } = await watch(t, 'with-ioredis', options);
    for (const path of ['set', 'get', 'callback', 'queued', 'pipeline', 'transaction', 'blocking']) await ask(path);
    for (const path of ['failing', 'failingPipeline']) await ask(path);
    const destination = `redis 127.0.0.1 ${server.place.port}`;
    const one = 4; // set, get, callback, queued
    const batched = 2 + 3; // the pipeline's, and multi, incr, exec
    await expectCounts(receiver, DURATION, KEYS, { [`${destination} -`]: one + batched, [`${destination} error`]: 2 });
  });

  test('the service sees what it would see without the probe', async (t) => {
    const paths = ['set', 'get', 'callback', 'queued', 'pipeline', 'blocking', 'failing', 'failingPipeline'];
    await assertSame(t, 'with-ioredis', options, [...paths, 'unhandled', 'shapes']);
  });

  test('a process that serves nothing is watched too', async (t) => {
    const receiver = await new Receiver().listen();
    const service = start('consumer', { endpoint: receiver.endpoint, ...options });
    t.after(async () => {
      await stop(service);
      await receiver.close();
    });
    await receiver.until(() => counts(receiver, DURATION, KEYS)[`redis 127.0.0.1 ${server.place.port} -`] > 3);
  });
});
