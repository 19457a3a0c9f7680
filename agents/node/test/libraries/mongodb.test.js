'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');
const { startMongodb } = require('../../testing/mongodb');
const { assertSame, expectCounts, levels, watch } = require('../../testing/watch');

const DURATION = 'db.client.operation.duration';
const KEYS = ['db.system.name', 'server.address', 'server.port', 'error.type'];

describe('mongodb, on a stand-in for the server', () => {
  let server;
  let options;

  before(async () => {
    server = await startMongodb();
    options = { args: [String(server.port)] };
  });
  after(() => server.stop());

  test('every operation counts once, and what the driver asks on its own does not', async (t) => {
    const { receiver, ask } = await watch(t, 'with-mongodb', options);
    for (const path of ['find', 'insert', 'ping', 'failing']) await ask(path);
    const destination = `mongodb 127.0.0.1 ${server.port}`;
    await expectCounts(receiver, DURATION, KEYS, { [`${destination} -`]: 3, [`${destination} error`]: 1 });
  });

  test('the service sees what it would see without the probe', async (t) => {
    await assertSame(t, 'with-mongodb', options, ['find', 'insert', 'ping', 'failing', 'unhandled', 'shapes']);
  });

  test('a pool tells what is in use, idle and waited for, and its limit', async (t) => {
    const { receiver, ask } = await watch(t, 'with-mongodb', options);
    const name = `mongodb 127.0.0.1:${server.port}`;
    const shows = (used, idle, pending) => {
      const states = levels(receiver, 'db.client.connection.count');
      const waiting = levels(receiver, 'db.client.connection.pending_requests')[name];
      return states[`${name} used`] === used && states[`${name} idle`] === idle && waiting === pending;
    };
    for (let i = 0; i < 3; i++) await ask('slow');
    await receiver.until(() => shows(2, 0, 1));
    assert.deepEqual(levels(receiver, 'db.client.connection.max'), { [name]: 2 });
    server.release(); // the two that have a connection; the third begins now
    await receiver.until(() => shows(1, 1, 0));
    server.release();
    await receiver.until(() => shows(0, 2, 0));
    await expectCounts(receiver, 'db.client.connection.wait_time', ['db.client.connection.pool.name'], { [name]: 3 });
  });
});
