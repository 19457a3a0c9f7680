'use strict';

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');
const { Calls } = require('../../lib/calls');
const { startCallee } = require('../../testing/callee');
const { allRuntimes } = require('../../testing/runtimes');
const { assertSame, expectCounts, levels, watch } = require('../../testing/watch');

const DURATION = 'http.client.request.duration';
const ACTIVE = 'http.client.active_requests';
const KEYS = ['server.address', 'server.port', 'error.type'];

const FINE = ['http', 'httpAgent', 'fetch', 'undici', 'undiciPool', 'socket'];
const FAULTS = ['httpFault', 'fetchFault'];
const CUT = ['httpCut', 'fetchCut'];
const REFUSED = ['httpRefused', 'fetchRefused'];

// The channels that a runtime publishes differ between its versions.
for (const { version, execPath } of allRuntimes()) {
  describe(`calls, on Node.js ${version}`, () => {
    let callee;
    let options;

    before(async () => {
      callee = await startCallee();
      options = { execPath, args: [callee.url, `http://127.0.0.1:${callee.refusing}/`] };
    });
    after(() => callee.stop());

    test('every call counts once, at its server, by what became of it', async (t) => {
      const { receiver, ask } = await watch(t, 'caller', options);
      for (const action of [...FINE, ...FAULTS, ...CUT, ...REFUSED]) await ask(action);
      const destination = `127.0.0.1 ${callee.port}`;
      await expectCounts(receiver, DURATION, KEYS, {
        [`${destination} -`]: FINE.length,
        [`${destination} 500`]: FAULTS.length,
        [`${destination} aborted`]: CUT.length,
        [`127.0.0.1 ${callee.refusing} error`]: REFUSED.length,
      });
      assert.deepEqual(levels(receiver, ACTIVE), { [destination]: 0, [`127.0.0.1 ${callee.refusing}`]: 0 });
    });

    test('calls in flight are counted, and what an agent or pool holds back for them', async (t) => {
      const { receiver, ask } = await watch(t, 'caller', options);
      const name = `http 127.0.0.1:${callee.port}`;
      for (let i = 0; i < 3; i++) await ask('waitHttp'); // by an agent of two sockets
      for (let i = 0; i < 2; i++) await ask('waitPool'); // by a pool of one connection
      await ask('waitFetch');
      const active = () => levels(receiver, ACTIVE)[`127.0.0.1 ${callee.port}`];
      const states = () => levels(receiver, 'db.client.connection.count');
      const pending = () => levels(receiver, 'db.client.connection.pending_requests')[name];
      await receiver.until(() => active() === 4 && states()[`${name} used`] === 3 && pending() === 2);
      assert.equal(levels(receiver, 'db.client.connection.max')[name], 3);
      const releasing = setInterval(callee.release, 20);
      t.after(() => clearInterval(releasing));
      await receiver.until(() => active() === 0 && states()[`${name} used`] === 0);
    });

    test('the service sees what it would see without the probe', async (t) => {
      const paths = [...FINE, ...FAULTS, ...CUT, ...REFUSED, 'httpEarly', 'withoutListener', 'unhandled'];
      await assertSame(t, 'caller', options, paths);
    });
  });
}

test('beyond fifty destinations the rest counts as one', () => {
  const calls = new Calls();
  for (let i = 0; i < 60; i++) calls.to('host', 1000 + i).begin()();
  const points = calls.takePoints();
  assert.equal(points.length, 51);
  assert.equal(points.at(-1).count, 10);
  assert.equal(points.at(-1).attributes['server.address'], 'other');
});
