'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Sender, batchId } = require('../lib/sender');
const { Receiver } = require('../testing/receiver');

async function pair(t, options = {}) {
  const receiver = await new Receiver().listen();
  const sender = new Sender({ endpoint: new URL(receiver.endpoint), ...options }, Date.now);
  t.after(() => {
    sender.close();
    return receiver.close();
  });
  return { receiver, sender };
}

/** The smallest export; `filler` gives it a size that does not compress. */
function payload(name, filler = '') {
  const attributes = [{ key: 'service.name', value: { stringValue: name } }];
  const scopeMetrics = [{ scope: { name: filler }, metrics: [] }];
  return { resourceMetrics: [{ resource: { attributes }, scopeMetrics }] };
}

const noise = (bytes) => Array.from({ length: bytes }, () => Math.random().toString(36)[2]).join('');
const names = (receiver) => receiver.exports.map(({ resource }) => resource['service.name']);

test('a small export goes as it is, with the headers of the contract', async (t) => {
  const { receiver, sender } = await pair(t);
  sender.enqueue(payload('one'));
  await sender.send();
  const [{ method, url, headers }] = receiver.exports;
  assert.deepEqual([method, url], ['POST', '/v1/metrics']);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['content-encoding'], undefined);
  assert.equal(headers.authorization, undefined);
  assert.match(headers['advisor-batch-id'], /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Math.abs(Number(headers['advisor-sent-at']) - Date.now() / 1000) < 30);
});

test('an export over a kilobyte is compressed', async (t) => {
  const { receiver, sender } = await pair(t);
  sender.enqueue(payload('one', 'x'.repeat(5000)));
  await sender.send();
  assert.equal(receiver.exports[0].headers['content-encoding'], 'gzip');
  assert.ok(receiver.exports[0].bytes < 500);
});

test('a token is sent where one is set', async (t) => {
  const { receiver, sender } = await pair(t, { token: 'sah_test' });
  sender.enqueue(payload('one'));
  await sender.send();
  assert.equal(receiver.exports[0].headers.authorization, 'Bearer sah_test');
});

test('what a full or failing receiver did not take is sent again under the same id, in order', async (t) => {
  for (const status of [401, 429, 500, 503]) {
    const { receiver, sender } = await pair(t);
    receiver.status = status;
    sender.enqueue(payload('one'));
    await sender.send();
    receiver.status = 200;
    sender.enqueue(payload('two'));
    await sender.send();
    assert.deepEqual(names(receiver), ['one', 'one', 'two']);
    const [first, again, second] = receiver.exports.map(({ headers }) => headers['advisor-batch-id']);
    assert.equal(first, again);
    assert.notEqual(first, second);
  }
});

test('what can never be taken is dropped, and the next goes on', async (t) => {
  const { receiver, sender } = await pair(t);
  receiver.status = 400;
  sender.enqueue(payload('bad'));
  sender.enqueue(payload('bad too'));
  await sender.send();
  receiver.status = 200;
  sender.enqueue(payload('good'));
  await sender.send();
  assert.deepEqual(names(receiver), ['bad', 'bad too', 'good']);
});

test('a receiver that asks for time gets it', async (t) => {
  const { receiver, sender } = await pair(t);
  receiver.status = 503;
  receiver.answerHeaders = { 'Retry-After': '60' };
  sender.enqueue(payload('one'));
  await sender.send();
  await sender.send();
  assert.equal(receiver.exports.length, 1);
});

test('nobody there: the newest mebibyte is kept and sent later', async (t) => {
  const { receiver, sender } = await pair(t);
  const { port } = receiver;
  await receiver.close();
  for (let i = 0; i < 40; i++) sender.enqueue(payload(String(i), noise(60_000)));
  assert.ok(sender.bytes <= 1024 * 1024, `${sender.bytes} bytes`);
  await sender.send();
  const back = await new Receiver().listen(port);
  t.after(() => back.close());
  const waiting = sender.waiting.length;
  await sender.send();
  assert.equal(sender.bytes, 0);
  assert.ok(waiting > 20 && waiting < 40, `${waiting} kept`);
  assert.deepEqual(
    names(back),
    Array.from({ length: waiting }, (_, i) => String(40 - waiting + i)),
  );
});

test('ids sort by time', () => {
  const ids = [1_790_000_000_000, 1_790_000_000_001, 1_890_000_000_000].map(batchId);
  assert.deepEqual(ids, ids.toSorted());
});

test('an older receiver that knows no events loses them, and not what is behind them', async (t) => {
  const { receiver, sender } = await pair(t);
  receiver.status = 404;
  sender.enqueue(payload('event'), '/v1/logs');
  await sender.send();
  receiver.status = 200;
  sender.enqueue(payload('next'));
  await sender.send();
  assert.deepEqual(receiver.exports.map(({ url }) => url), ['/v1/logs', '/v1/metrics']);
});

test('when the agent stays away the server is told directly, and the agent again once it is back', async (t) => {
  const { receiver: server, sender } = await pair(t);
  const agent = await new Receiver().listen();
  const { port } = agent;
  await agent.close();
  const direct = new Sender({ endpoint: new URL(agent.endpoint), server: sender.agent.base, token: 'sah_test' }, Date.now);
  t.after(() => direct.close());
  let uptime = 0;
  direct.uptime = () => uptime;
  for (const name of ['one', 'two', 'three', 'four']) {
    direct.enqueue(payload(name));
    await direct.send();
  }
  assert.deepEqual(names(server), ['one', 'two', 'three', 'four']);
  assert.equal(server.exports[0].headers.authorization, 'Bearer sah_test');
  const back = await new Receiver().listen(port);
  t.after(() => back.close());
  uptime = 301;
  direct.enqueue(payload('five'));
  await direct.send();
  assert.deepEqual([names(server).length, names(back)], [4, ['five']]);
});
