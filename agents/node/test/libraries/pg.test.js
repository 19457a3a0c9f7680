'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');
const { missing, startServer } = require('../../testing/servers');
const { assertSame, expectCounts, levels, watch } = require('../../testing/watch');

const DURATION = 'db.client.operation.duration';
const KEYS = ['db.system.name', 'server.address', 'server.port', 'error.type'];

describe('pg', { skip: missing('postgresql') }, () => {
  let server;
  let options;

  before(async () => {
    server = await startServer('postgresql');
    options = { args: [JSON.stringify(server.place)] };
  });
  after(() => server.stop());

  test('every form of a query counts once, at its server, and errors count as errors', async (t) => {
    const { receiver, ask } = await watch(t, 'with-pg', options);
    await ask('ready');
    for (const path of ['promise', 'values', 'callback', 'events', 'pooled']) await ask(path);
    for (const path of ['failing', 'failingCallback', 'failingEvents', 'failingPooled']) await ask(path);
    const destination = `postgresql ${server.place.host} 5432`;
    await expectCounts(receiver, DURATION, KEYS, { [`${destination} -`]: 5, [`${destination} error`]: 4 });
    const [{ min, max }] = receiver.points(DURATION);
    assert.ok(min > 0 && max < 30, `${min} to ${max} seconds`);
  });

  test('the service sees what it would see without the probe', async (t) => {
    const queries = ['promise', 'values', 'callback', 'failing', 'failingCallback', 'events', 'failingEvents'];
    const others = ['pooled', 'failingPooled', 'same', 'unhandled', 'nothing', 'shapes'];
    await assertSame(t, 'with-pg', options, ['ready', ...queries, ...others]);
  });

  test('a pool tells what is in use, idle and waited for, and its limit', async (t) => {
    const { receiver, ask } = await watch(t, 'with-pg', options);
    const name = `postgresql ${server.place.host}:5432/postgres`;
    const shows = (used, idle, pending) => {
      const states = levels(receiver, 'db.client.connection.count');
      const waiting = levels(receiver, 'db.client.connection.pending_requests')[name];
      return states[`${name} used`] === used && states[`${name} idle`] === idle && waiting === pending;
    };
    await ask('hold');
    await receiver.until(() => shows(1, 0, 0));
    await ask('hold');
    await ask('wait');
    await receiver.until(() => shows(2, 0, 1));
    assert.deepEqual(levels(receiver, 'db.client.connection.max'), { [name]: 2 });
    await ask('release');
    await ask('release');
    await receiver.until(() => shows(0, 2, 0));
    const waits = receiver.points('db.client.connection.wait_time');
    assert.equal(waits.reduce((sum, { count }) => sum + count, 0), 3);
    assert.ok(waits.some(({ max }) => max > 0.1), 'who waited waited');
  });
});
