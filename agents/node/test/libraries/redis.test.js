'use strict';

const { after, before, describe, test } = require('node:test');
const { missing, startServer } = require('../../testing/servers');
const { assertSame, expectCounts, watch } = require('../../testing/watch');

const DURATION = 'db.client.operation.duration';
const KEYS = ['db.system.name', 'server.address', 'server.port', 'error.type'];

const FINE = ['set', 'get', 'raw', 'pipeline', 'transaction'];
const FAILING = ['failing', 'failingTransaction'];

describe('redis', { skip: missing('valkey') }, () => {
  let server;
  let options;

  before(async () => {
    server = await startServer('valkey');
    options = { args: [JSON.stringify(server.place)] };
  });
  after(() => server.stop());

  test('every command counts once, a batch as one, and what waits by design not at all', async (t) => {
    const { receiver, ask } = await watch(t, 'with-redis', options);
    for (const path of ['ready', ...FINE, ...FAILING, 'blocking']) await ask(path);
    const destination = `redis 127.0.0.1 ${server.place.port}`;
    await expectCounts(receiver, DURATION, KEYS, {
      [`${destination} -`]: FINE.length,
      [`${destination} error`]: FAILING.length,
    });
  });

  test('the service sees what it would see without the probe', async (t) => {
    // Each of the two services counts the same key up by one.
    const others = ['blocking', 'unhandled', 'nothing'];
    const paths = ['ready', ...FINE, ...FAILING, ...others].filter((path) => path !== 'transaction');
    await assertSame(t, 'with-redis', options, paths);
  });
});
