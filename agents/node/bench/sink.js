'use strict';

const { EventEmitter, once } = require('node:events');
const http = require('node:http');
const { gunzipSync } = require('node:zlib');

/** Stands for the local agent: takes every export, answers 200, and keeps what it was sent. */
class Sink extends EventEmitter {
  constructor() {
    super();
    /** @type {{path: string, body: Buffer, time: number}[]} time in Unix milliseconds */
    this.received = [];
    this.server = http.createServer((request, response) => this.take(request, response));
  }

  async listen() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.address = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  take(request, response) {
    const time = Date.now();
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      response.setHeader('Content-Type', 'application/json');
      response.end('{}');
      this.received.push({ path: request.url, body, time });
      this.emit('export');
    });
  }

  /** Waits until `find` returns something for what was received so far, and returns that. */
  async until(find, seconds) {
    const signal = AbortSignal.timeout(seconds * 1000);
    for (;;) {
      const found = find(this.received);
      if (found) return found;
      await once(this, 'export', { signal });
    }
  }

  clear() {
    this.received = [];
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

module.exports = { Sink };
