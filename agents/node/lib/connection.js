'use strict';

// HTTP/1.1 on a socket of its own that stays open. Not the http module: what a service patches, mocks or traces
// there stays its own, a process that serves nothing need not load it, and what is written to an open socket
// leaves at once, even from a process that is about to end.

const net = require('node:net');

const CONNECT_TIMEOUT = 2000;
const ANSWER_TIMEOUT = 5000;

// An answer is a status and a few headers; a larger one is not read to its end.
const LONGEST_HEAD = 16_384;

const NOBODY = { status: 0, retryAfter: 0 };

/** One address, one socket, one request at a time. */
class Connection {
  /** @param {URL} base http: or https:, without the paths of OTLP */
  constructor(base) {
    this.base = base;
    this.prefix = base.pathname.replace(/\/+$/, '');
    this.socket = undefined;
    this.answered = undefined;
    this.head = '';
  }

  /** @returns {Promise<{status: number, retryAfter: number}>} status 0 where nobody answered */
  async post(path, headers, body) {
    const reused = this.socket !== undefined;
    const answer = await this.exchange(path, headers, body);
    // A receiver may close an idle connection at the very moment when it is used: that is no failure.
    return answer.status === 0 && reused ? this.exchange(path, headers, body) : answer;
  }

  exchange(path, headers, body) {
    return new Promise((resolve) => {
      this.answered = resolve;
      const socket = (this.socket ??= this.open());
      socket.setTimeout(socket.connecting ? CONNECT_TIMEOUT : ANSWER_TIMEOUT);
      socket.write(this.message(path, headers, body));
    });
  }

  /** Writes a request whose answer nobody waits for. True if a socket was open to take it. */
  postNow(path, headers, body) {
    if (this.socket === undefined || this.socket.connecting) return false;
    this.socket.write(this.message(path, headers, body));
    return true;
  }

  message(path, headers, body) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `POST ${this.prefix}${path} HTTP/1.1\r\nHost: ${this.base.host}\r\nConnection: keep-alive\r\n`;
    return Buffer.concat([Buffer.from(`${head}${lines.join('')}Content-Length: ${body.length}\r\n\r\n`, 'latin1'), body]);
  }

  open() {
    const socket = this.connect();
    socket.unref();
    socket.setNoDelay(true);
    socket.on('connect', () => socket.setTimeout(ANSWER_TIMEOUT));
    socket.on('data', (data) => this.read(socket, data));
    socket.on('timeout', () => this.answered && socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => this.closed(socket));
    return socket;
  }

  connect() {
    const { protocol, hostname, port } = this.base;
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    if (protocol === 'http:') return net.connect({ host, port: Number(port) || 80 });
    // Loaded where it is needed: TLS costs some MiB.
    const servername = net.isIP(host) ? undefined : host;
    return require('node:tls').connect({ host, port: Number(port) || 443, servername });
  }

  read(socket, data) {
    if (socket !== this.socket || this.answered === undefined) return;
    this.head += data.latin1Slice();
    const answer = parse(this.head);
    if (answer === undefined && this.head.length < LONGEST_HEAD) return;
    this.head = '';
    socket.setTimeout(0);
    if (answer === undefined || answer.closes) this.close();
    this.finish(answer ?? NOBODY);
  }

  finish(answer) {
    const { answered } = this;
    this.answered = undefined;
    answered?.(answer);
  }

  closed(socket) {
    if (socket !== this.socket) return;
    // An answer without a length lasts to the end of its connection.
    const answer = parse(this.head, true) ?? NOBODY;
    this.head = '';
    this.socket = undefined;
    this.finish(answer);
  }

  close() {
    this.socket?.destroy();
    this.socket = undefined;
  }
}

/**
 * Status and Retry-After of an answer, or undefined while it is not complete. Its body is not looked at.
 * @param {string} text what has come so far, one character a byte
 * @param {boolean} ended nothing more will come
 */
function parse(text, ended = false) {
  const end = text.indexOf('\r\n\r\n');
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1]);
  if (end === -1 || !(status >= 100)) return undefined;
  if (status < 200) return parse(text.slice(end + 4), ended);
  const header = (name) => new RegExp(`\\r\\n${name}:[ \\t]*([^\\r]*)`, 'i').exec(text.slice(0, end))?.[1];
  const body = text.slice(end + 4);
  const length = header('content-length');
  const complete = header('transfer-encoding') ? body.endsWith('0\r\n\r\n') : body.length >= Number(length ?? NaN);
  if (!complete && !ended && status !== 204) return undefined;
  return { status, retryAfter: Number(header('retry-after')) || 0, closes: /close/i.test(header('connection') ?? '') };
}

module.exports = { Connection, parse };
