'use strict';

// As much of a MongoDB server as its driver needs: no real one can be had where the tests run.
// Messages: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/

const { once } = require('node:events');
const net = require('node:net');
const { BSON } = require('mongodb');

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;
const MSG_PREFIX = HEADER + 4 + 1; // flags, kind of the section
const REPLY_PREFIX = HEADER + 20; // flags, cursor, first, number

const HELLO = { isWritablePrimary: true, maxWireVersion: 21, minWireVersion: 0, helloOk: true, ok: 1 };

const ANSWERS = {
  find: { cursor: { id: 0n, ns: 'test.things', firstBatch: [{ one: 1 }] }, ok: 1 },
  insert: { n: 1, ok: 1 },
  ping: { ok: 1 },
  endSessions: { ok: 1 },
  drop: { ok: 0, errmsg: 'ns not found', code: 26, codeName: 'NamespaceNotFound' },
};

/** @returns {Promise<{port: number, stop: () => void, release: () => void}>} `slow` waits for `release` */
async function startMongodb() {
  const held = [];
  const server = net.createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => {}).on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= HEADER && bytes.length >= bytes.readInt32LE(0)) {
        const message = bytes.subarray(0, bytes.readInt32LE(0));
        bytes = bytes.subarray(message.length);
        answer(socket, message, held);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const release = () => held.splice(0).forEach((send) => send());
  return { port: server.address().port, stop: () => server.close(), release };
}

function answer(socket, message, held) {
  const id = message.readInt32LE(4);
  const code = message.readInt32LE(12);
  if (code === OP_QUERY) {
    socket.write(reply(id, OP_REPLY, REPLY_PREFIX, HELLO));
    return;
  }
  const command = BSON.deserialize(message.subarray(MSG_PREFIX, MSG_PREFIX + message.readInt32LE(MSG_PREFIX)));
  const [name] = Object.keys(command);
  const send = () => socket.write(reply(id, OP_MSG, MSG_PREFIX, ANSWERS[name] ?? HELLO));
  if (command.comment === 'slow') held.push(send);
  else send();
}

function reply(to, code, prefix, document) {
  const body = BSON.serialize(document);
  const head = Buffer.alloc(prefix);
  head.writeInt32LE(prefix + body.length, 0);
  head.writeInt32LE(to, 8);
  head.writeInt32LE(code, 12);
  if (code === OP_REPLY) head.writeInt32LE(1, REPLY_PREFIX - 4);
  return Buffer.concat([head, body]);
}

module.exports = { startMongodb };
