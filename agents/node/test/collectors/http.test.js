'use strict';

const assert = require('node:assert/strict');
const diagnostics = require('node:diagnostics_channel');
const { EventEmitter, once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const startHttp = require('../../lib/collectors/http');
const { Receiver } = require('../../testing/receiver');
const { serve, stop } = require('../../testing/service');

const DURATION = 'http.server.request.duration';

async function watch(t, name, ...args) {
  const receiver = await new Receiver().listen();
  const service = await serve(name, { endpoint: receiver.endpoint, args });
  t.after(async () => {
    await stop(service);
    await receiver.close();
  });
  const get = (path, options) => fetch(service.url + path, options).then((answer) => answer.text());
  return { receiver, service, get };
}

/** Requests by "METHOD route status error", over all exports. */
function counts(receiver) {
  const found = {};
  for (const { attributes, count } of receiver.points(DURATION)) {
    const key = ['http.request.method', 'http.route', 'http.response.status_code', 'error.type'];
    const label = key.map((name) => attributes[name] ?? '-').join(' ');
    found[label] = (found[label] ?? 0) + count;
  }
  return found;
}

const total = (receiver) => receiver.points(DURATION).reduce((sum, { count }) => sum + count, 0);
const inFlight = (exports) => exports.at(-1)?.metrics['http.server.active_requests'].points[0].asDouble;

test('a plain server: method and status class, no route from a path', async (t) => {
  const { receiver, get } = await watch(t, 'plain');
  for (const path of ['/', '/a/1', '/a/2', '/fail']) await get(path);
  await get('/', { method: 'POST' });
  await receiver.until(() => total(receiver) === 5);
  assert.deepEqual(counts(receiver), { 'GET - 200 -': 3, 'GET - 500 500': 1, 'POST - 200 -': 1 });
});

test('a duration is the time that the request took', async (t) => {
  const { receiver, get } = await watch(t, 'plain');
  await get('/block');
  await receiver.until(() => total(receiver) === 1);
  const [{ sum, max, positive, scale }] = receiver.points(DURATION);
  assert.equal(scale, 3);
  assert.equal(sum, max);
  assert.ok(sum >= 0.299 && sum < 1, `${sum}`);
  assert.deepEqual(positive.bucketCounts, [1]);
});

test('a request in flight is counted, and one that its client leaves is aborted and not in flight', async (t) => {
  const { receiver, service, get } = await watch(t, 'plain');
  const client = net.connect(service.port, '127.0.0.1');
  client.write('GET /silent HTTP/1.1\r\nHost: x\r\n\r\nGET /silent HTTP/1.1\r\nHost: x\r\n\r\n');
  await receiver.until((exports) => inFlight(exports) === 2);
  await get('/');
  client.destroy();
  await receiver.until((exports) => total(receiver) === 3 && inFlight(exports) === 0);
  assert.deepEqual(counts(receiver), { 'GET - - aborted': 2, 'GET - 200 -': 1 });
});

test('many requests over one connection leave nothing in flight', async (t) => {
  const { receiver, service } = await watch(t, 'plain');
  const client = net.connect(service.port, '127.0.0.1');
  client.resume().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50));
  await receiver.until((exports) => total(receiver) === 50 && inFlight(exports) === 0);
  client.destroy();
  await once(client, 'close');
  assert.deepEqual(counts(receiver), { 'GET - 200 -': 50 });
});

/** A collector of its own in this process, and exchanges that begin and end as told. */
function alone(t) {
  const probe = {};
  const collector = startHttp(probe);
  t.after(() => collector.stop());
  const begin = () => {
    const exchange = { request: { method: 'GET' }, response: { statusCode: 200 }, socket: new EventEmitter() };
    diagnostics.channel('http.server.request.start').publish(exchange);
    return exchange;
  };
  const end = (exchange) => diagnostics.channel('http.server.response.finish').publish(exchange);
  return { collector, begin, end, inFlight: () => probe.inFlight() };
}

for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]]) {
  test(`requests that end in the order ${order} leave the others in flight`, (t) => {
    const { begin, end, inFlight } = alone(t);
    const open = [begin(), begin(), begin()];
    const counted = order.map((place) => [inFlight(), end(open[place])][0]);
    assert.deepEqual([...counted, inFlight()], [3, 2, 1, 0]);
    begin();
    assert.equal(inFlight(), 1);
  });
}

test('a stream is open and not in flight', (t) => {
  const { collector, begin, end, inFlight } = alone(t);
  const stream = begin();
  collector.newest.started -= 10_001;
  const request = begin();
  assert.deepEqual([collector.active, inFlight()], [2, 1]);
  end(request);
  assert.deepEqual([collector.active, inFlight()], [1, 0]);
  end(stream);
  begin();
  assert.deepEqual([collector.active, inFlight()], [1, 1]);
});

test('an event stream is not in flight however young it is', (t) => {
  const { begin, inFlight } = alone(t);
  const { response } = begin();
  response.getHeader = () => 'text/event-stream; charset=utf-8';
  begin().response.getHeader = () => undefined;
  assert.equal(inFlight(), 1);
  begin().response.getHeader = () => { throw new Error('a service may replace it'); };
  assert.equal(inFlight(), undefined);
});

for (const version of ['express4', 'express']) {
  test(`${version}: the route is the pattern, mounted routers included`, async (t) => {
    const { receiver, get } = await watch(t, 'with-express', version);
    for (const id of [1, 2, 3]) await get(`/users/${id}`);
    await get('/users/1', { method: 'POST' });
    for (const order of [7, 8]) await get(`/v2/orders/${order}/items/x`);
    await get('/anything');
    await get('/not-there/1');
    await receiver.until(() => total(receiver) === 8);
    assert.deepEqual(counts(receiver), {
      'GET /users/:id 200 -': 3,
      'POST /users/:id 500 500': 1,
      'GET /v2/orders/:id/items/:item 200 -': 2,
      'GET /^\\/any/ 200 -': 1,
      'GET - 400 -': 1,
    });
  });
}

test('Fastify: the route is the pattern', async (t) => {
  const { receiver, get } = await watch(t, 'with-fastify');
  for (const id of [1, 2]) await get(`/users/${id}`);
  await receiver.until(() => total(receiver) === 2);
  assert.deepEqual(counts(receiver), { 'GET /users/:id 200 -': 2 });
});

test('beyond fifty routes the rest counts as one', async (t) => {
  const { receiver, get } = await watch(t, 'many-routes');
  for (let i = 0; i < 60; i++) await get(`/route-${i}`);
  await receiver.until(() => total(receiver) === 60);
  const found = counts(receiver);
  assert.equal(Object.keys(found).length, 51);
  assert.equal(found['GET other 200 -'], 10);
});

test('a cluster worker counts its own requests', async (t) => {
  const { receiver, get } = await watch(t, 'clustered');
  const answeredBy = [];
  for (let i = 0; i < 6; i++) answeredBy.push(Number(await get('/', { headers: { Connection: 'close' } })));
  await receiver.until(() => total(receiver) === 6);
  for (const { resource, metrics } of receiver.exports) {
    if (metrics[DURATION] === undefined) continue;
    assert.ok(answeredBy.includes(resource['process.pid']));
    assert.equal(resource['advisor.cluster.role'], 'worker');
  }
});
