'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const { Connection, parse } = require('../lib/connection');

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

/** A receiver that answers each request with the next of these texts; null hangs up, and an array comes in pieces. */
async function answering(t, ...answers) {
  const seen = { requests: [], connections: 0, sockets: [] };
  const server = net.createServer((socket) => {
    seen.connections++;
    seen.sockets.push(socket);
    socket.on('error', () => {}).on('data', (data) => {
      seen.requests.push(String(data));
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === null) socket.destroy();
      else for (const piece of [answer].flat()) socket.write(piece);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = new Connection(new URL(`http://127.0.0.1:${server.address().port}/otlp/`));
  t.after(() => {
    connection.close();
    for (const socket of seen.sockets) socket.destroy();
    server.close();
  });
  return { connection, seen, post: () => connection.post('/v1/logs', { 'X-Test': '1' }, Buffer.from('{}')) };
}

test('a request is one of HTTP, below the path of its base', async (t) => {
  const { seen, post, connection } = await answering(t, OK);
  assert.deepEqual(await post(), { status: 200, retryAfter: 0, closes: false });
  const host = connection.base.host;
  assert.equal(
    seen.requests[0],
    `POST /otlp/v1/logs HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\nX-Test: 1\r\nContent-Length: 2\r\n\r\n{}`,
  );
});

test('one connection serves many requests', async (t) => {
  const { seen, post } = await answering(t, OK);
  for (let i = 0; i < 3; i++) assert.equal((await post()).status, 200);
  assert.equal(seen.connections, 1);
});

test('an answer may come in pieces, in chunks, without a length, or after a 100', async (t) => {
  for (const answer of [
    ['HTTP/1.1 20', '0 OK\r\nContent-Le', 'ngth: 2\r\n\r\n{', '}'],
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    `HTTP/1.1 100 Continue\r\n\r\n${OK}`,
  ]) {
    const { post } = await answering(t, answer);
    assert.equal((await post()).status, 200);
  }
  assert.deepEqual(parse('HTTP/1.1 503 No\r\nRetry-After: 7\r\n\r\n', true), { status: 503, retryAfter: 7, closes: false });
});

test('a connection that its receiver closes after an answer is made anew', async (t) => {
  const { seen, post } = await answering(t, OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  assert.deepEqual([(await post()).status, (await post()).status, seen.connections], [200, 200, 2]);
});

test('an idle connection that was closed meanwhile costs no request', async (t) => {
  const { seen, post, connection } = await answering(t, OK);
  await post();
  const { socket } = connection;
  seen.sockets[0].destroy();
  await once(socket, 'close');
  assert.equal((await post()).status, 200);
});

test('one that is closed as it is used is tried once more', async (t) => {
  const { seen, post } = await answering(t, OK, null, OK);
  assert.deepEqual([(await post()).status, (await post()).status, seen.connections], [200, 200, 2]);
});

test('nobody there, or a receiver that only hangs up, is status 0', async (t) => {
  const { post, seen } = await answering(t, null);
  assert.equal((await post()).status, 0);
  assert.equal(seen.connections, 1);
  const nobody = new Connection(new URL('http://127.0.0.1:9'));
  assert.equal((await nobody.post('/v1/logs', {}, Buffer.alloc(0))).status, 0);
});

test('what is no HTTP is status 0', async (t) => {
  const { post } = await answering(t, `${'x'.repeat(20_000)}\r\n`);
  assert.equal((await post()).status, 0);
});

test('a last word is written to an open connection, and to no other', async (t) => {
  const { seen, post, connection } = await answering(t, OK);
  assert.equal(connection.postNow('/v1/logs', {}, Buffer.from('too early')), false);
  await post();
  assert.equal(connection.postNow('/v1/logs', {}, Buffer.from('last')), true);
  await once(seen.sockets[0], 'data');
  assert.match(seen.requests[1], /last$/);
});
