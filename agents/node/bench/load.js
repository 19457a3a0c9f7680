'use strict';

// The load in a process of its own: connections that stay open, each with one request at a time. It reads
// answers only as far as it must, so that the server is what is busy.

const net = require('node:net');

const OK = 'HTTP/1.1 200 ';
const HEAD_END = '\r\n\r\n';

// Numbers of four digits, so that all answers have the same length.
const REQUESTS = Array.from({ length: 100 }, (_, i) =>
  Buffer.from(`GET /users/${1000 + i} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n\r\n`),
);

class Connection {
  constructor(socket, pool) {
    this.socket = socket;
    this.pool = pool;
    this.expected = 0;
    this.have = 0;
    socket.setNoDelay().on('data', (chunk) => this.read(chunk));
    socket.on('error', (error) => pool.fail(error.message)).on('close', () => pool.fail('the server hung up'));
  }

  next() {
    this.socket.write(REQUESTS[--this.pool.left % REQUESTS.length]);
  }

  read(chunk) {
    if (this.expected === 0) this.expected = lengthOf(chunk.toString('latin1'));
    this.have += chunk.length;
    if (this.have < this.expected) return;
    if (this.have > this.expected) this.pool.fail(`an answer has ${this.have} bytes, not ${this.expected}`);
    this.have = 0;
    this.pool.answered(this);
  }
}

/** Bytes of the whole answer that begins like this. */
function lengthOf(head) {
  const length = /^content-length: (\d+)/im.exec(head);
  if (!head.startsWith(OK) || length === null) throw new Error(`The server answered: ${head.slice(0, 100)}`);
  return head.indexOf(HEAD_END) + HEAD_END.length + Number(length[1]);
}

/** The connections to one server. */
class Pool {
  constructor(port) {
    this.port = port;
  }

  async connect(count) {
    this.connections = await Promise.all(Array.from({ length: count }, () => connected(this.port, this)));
  }

  /** Sends that many requests and resolves at the last answer. */
  run(requests) {
    return new Promise((resolve) => {
      Object.assign(this, { left: requests, open: requests, resolve });
      for (const connection of this.connections) connection.next();
    });
  }

  answered(connection) {
    this.open--;
    if (this.left > 0) connection.next();
    else if (this.open === 0) this.resolve();
  }

  fail(reason) {
    if (!this.closed) throw new Error(reason);
  }

  close() {
    this.closed = true;
    for (const { socket } of this.connections) socket.destroy();
  }
}

function connected(port, pool) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('error', reject).once('connect', () => resolve(new Connection(socket, pool)));
  });
}

const pools = new Map();

process.on('message', async ([method, port, number]) => {
  if (method === 'connect') pools.set(port, new Pool(port));
  await pools.get(port)[method](number);
  process.send('done');
});
process.on('disconnect', () => process.exit());
