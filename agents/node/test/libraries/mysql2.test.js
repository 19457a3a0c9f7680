'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');
const { missing, startServer } = require('../../testing/servers');
const { assertSame, expectCounts, levels, watch } = require('../../testing/watch');

const DURATION = 'db.client.operation.duration';
const KEYS = ['db.system.name', 'server.address', 'server.port', 'error.type'];

const FINE = ['query', 'execute', 'callback', 'executeCallback', 'events', 'pooled', 'pooledExecute', 'pooledEvents'];
const FAILING = ['failing', 'failingExecute', 'failingCallback', 'failingEvents', 'failingPooled', 'withoutListener'];

describe('mysql2', { skip: missing('mariadb') }, () => {
  let server;
  let options;

  before(async () => {
    server = await startServer('mariadb');
    options = { args: [JSON.stringify(server.place)] };
  });
  after(() => server.stop());

  test('every form of a query counts once, at its server, and errors count as errors', async (t) => {
    const { receiver, ask } = await watch(t, 'with-mysql2', options);
    for (const path of [...FINE, ...FAILING]) await ask(path);
    const destination = `mysql 127.0.0.1 ${server.place.port}`;
    await expectCounts(receiver, DURATION, KEYS, {
      [`${destination} -`]: FINE.length,
      [`${destination} error`]: FAILING.length,
    });
  });

  test('the service sees what it would see without the probe', async (t) => {
    await assertSame(t, 'with-mysql2', options, [...FINE, ...FAILING, 'shapes']);
  });

  test('a pool tells what is in use, idle and waited for, and its limit', async (t) => {
    const { receiver, ask } = await watch(t, 'with-mysql2', options);
    const name = `mysql 127.0.0.1:${server.place.port}/test`;
    const shows = (used, idle, pending) => {
      const states = levels(receiver, 'db.client.connection.count');
      const waiting = levels(receiver, 'db.client.connection.pending_requests')[name];
      return states[`${name} used`] === used && states[`${name} idle`] === idle && waiting === pending;
    };
    await ask('hold');
    await ask('hold');
    await ask('wait');
    await receiver.until(() => shows(2, 0, 1));
    assert.deepEqual(levels(receiver, 'db.client.connection.max'), { [name]: 2 });
    await ask('release');
    await ask('release');
    await receiver.until(() => shows(0, 2, 0));
    await expectCounts(receiver, 'db.client.connection.wait_time', ['db.client.connection.pool.name'], { [name]: 3 });
  });
});
