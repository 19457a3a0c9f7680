'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const WebSocket = require('ws');
const { Receiver } = require('../../testing/receiver');
const { serve, stop } = require('../../testing/service');

const HANDSHAKE = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

const open = (exports) => exports.at(-1)?.metrics['advisor.websocket.connection.count'].points[0].asDouble;

async function watch(t, name) {
  const receiver = await new Receiver().listen();
  const service = await serve(name, { endpoint: receiver.endpoint });
  t.after(async () => {
    await stop(service);
    await receiver.close();
  });
  return { receiver, service };
}

async function upgrade(service) {
  const client = net.connect(service.port, '127.0.0.1');
  client.write(HANDSHAKE);
  const [answer] = await once(client, 'data');
  return { client, answer: String(answer) };
}

test('an upgraded socket is counted while it is open, and the service still gets it', async (t) => {
  const { receiver, service } = await watch(t, 'upgraded');
  const clients = [await upgrade(service), await upgrade(service)];
  assert.match(clients[0].answer, /^HTTP\/1\.1 101 /);
  clients[0].client.write('hello');
  assert.equal(String((await once(clients[0].client, 'data'))[0]), 'hello');
  await receiver.until((exports) => open(exports) === 2);
  for (const { client } of clients) client.destroy();
  await receiver.until((exports) => open(exports) === 0);
});

test('a server that knows no upgrade answers as it always did', async (t) => {
  const { receiver, service } = await watch(t, 'plain');
  const { client, answer } = await upgrade(service);
  assert.match(answer, /^HTTP\/1\.1 200 OK/);
  assert.match(answer, /echo$/m);
  const before = receiver.exports.length;
  await receiver.until((exports) => exports.length > before);
  assert.equal(open(receiver.exports), 0);
  client.destroy();
});

test('connections of the ws library are counted', async (t) => {
  const { receiver, service } = await watch(t, 'with-ws');
  const client = new WebSocket(`ws://127.0.0.1:${service.port}`);
  await once(client, 'open');
  client.send('hello');
  assert.equal(String((await once(client, 'message'))[0]), 'hello');
  await receiver.until((exports) => open(exports) === 1);
  client.close();
  await receiver.until((exports) => open(exports) === 0);
});
