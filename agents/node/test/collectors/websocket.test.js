'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const { io } = require('socket.io-client');
const WebSocket = require('ws');
const { watch } = require('../../testing/watch');

const HANDSHAKE = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n';

const open = (exports) => exports.at(-1)?.metrics['advisor.websocket.connection.count'].points[0].asDouble;

/** Messages over all exports, as [received, sent]. */
function messages(receiver) {
  const of = (direction) =>
    receiver
      .points('advisor.websocket.messages')
      .filter(({ attributes }) => attributes['network.io.direction'] === direction)
      .reduce((sum, { asDouble }) => sum + asDouble, 0);
  return [of('receive'), of('transmit')];
}

/** Waits for as many messages as are expected, and an export more, so that none comes too many. */
async function expectMessages(receiver, expected) {
  await receiver.until(() => messages(receiver).every((count, i) => count >= expected[i]));
  const { length } = receiver.exports;
  await receiver.until((exports) => exports.length > length);
  assert.deepEqual(messages(receiver), expected);
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

test('messages of the ws library are counted whole, both ways, without pings and of the server alone', async (t) => {
  const { receiver, service } = await watch(t, 'with-ws');
  const client = new WebSocket(`ws://127.0.0.1:${service.port}`);
  await once(client, 'open');
  for (const message of ['text', Buffer.from('binary'), 'x'.repeat(100_000)]) {
    client.send(message);
    await once(client, 'message');
  }
  client.send('in', { fin: false });
  client.send('parts', { fin: true });
  assert.equal(String((await once(client, 'message'))[0]), 'inparts');
  client.ping();
  await once(client, 'pong');
  await expectMessages(receiver, [4, 4]);
  client.terminate();
});

test('messages of Socket.IO are counted, broadcasts once for each client', async (t) => {
  const { receiver, service } = await watch(t, 'with-socket-io');
  const clients = [1, 2, 3].map(() => io(service.url, { transports: ['websocket'], forceNew: true }));
  t.after(() => clients.forEach((client) => client.close()));
  await Promise.all(clients.map((client) => once(client, 'connect')));
  // Of each connection: what opens it, asked and answered twice over (Engine.IO sends first, then the client asks).
  await expectMessages(receiver, [3, 6]);
  assert.equal(await clients[0].emitWithAck('echo', 'hello'), 'hello');
  const told = clients.map((client) => once(client, 'told'));
  clients[0].emit('tell all', 'news');
  await Promise.all(told);
  await expectMessages(receiver, [3 + 2, 6 + 1 + 3]);
});

test('the messages of a client are not those of a server', async (t) => {
  const { WebSocketServer } = WebSocket;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => server.close());
  await once(server, 'listening');
  server.on('connection', (socket) => socket.on('message', (message) => socket.send(message)));
  const { receiver, ask } = await watch(t, 'talker', { args: [`ws://127.0.0.1:${server.address().port}`] });
  assert.deepEqual(await ask('talk'), { value: 'hello' });
  await expectMessages(receiver, [0, 0]);
  assert.ok(receiver.points('advisor.websocket.messages').length > 0, 'the library was found');
});
