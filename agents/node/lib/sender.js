'use strict';

// What waits for a receiver that is away; the newest is kept.
const BUFFER_BYTES = 1024 * 1024;
const COMPRESS_FROM = 1024;
const TIMEOUT = 5000;
const LONGEST_WAIT = 3600;

// Answers that would be the same for the same body however often it is sent.
const REFUSED = new Set([400, 413, 415, 422]);

/** Sends exports in order, one at a time, and keeps what could not be sent. */
class Sender {
  /**
   * @param {{endpoint: URL, token?: string}} settings
   * @param {() => number} wallClock Unix milliseconds
   */
  constructor({ endpoint, token }, wallClock) {
    this.endpoint = endpoint;
    this.token = token;
    this.wallClock = wallClock;
    this.waiting = [];
    this.bytes = 0;
    // Monotonic, so that a clock set back does not stretch a wait.
    this.uptime = process.uptime;
    this.notBefore = 0;
    this.sending = undefined;
    this.request = undefined;
  }

  /** @param {object} payload an OTLP/JSON export; its batch id stays with it over all retries */
  enqueue(payload) {
    const text = Buffer.from(JSON.stringify(payload));
    const compressed = text.length > COMPRESS_FROM;
    // Loaded at the first export: a start-up does not pay for it.
    const body = compressed ? require('node:zlib').gzipSync(text, { level: 1 }) : text;
    this.waiting.push({ id: batchId(this.wallClock()), body, compressed });
    this.bytes += body.length;
    while (this.bytes > BUFFER_BYTES && this.waiting.length > 1) this.drop(this.waiting[0]);
  }

  drop(batch) {
    const index = this.waiting.indexOf(batch);
    if (index === -1) return;
    this.waiting.splice(index, 1);
    this.bytes -= batch.body.length;
  }

  /** Sends what waits, oldest first, up to the first failure. Concurrent calls share one run. */
  send() {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  async sendAll() {
    while (this.waiting.length > 0 && this.uptime() >= this.notBefore) {
      const batch = this.waiting[0];
      const { status, retryAfter } = await this.post(batch);
      const taken = status >= 200 && status < 300;
      if (!taken && !REFUSED.has(status)) {
        this.notBefore = this.uptime() + Math.min(retryAfter, LONGEST_WAIT);
        return;
      }
      this.drop(batch);
    }
  }

  /** @returns {Promise<{status: number, retryAfter: number}>} status 0 where nobody answered */
  post(batch) {
    return new Promise((resolve) => {
      // Loaded at the first export, like zlib; held, because a service may wrap or mock it later.
      this.open ??= (this.endpoint.protocol === 'https:' ? require('node:https') : require('node:http')).request;
      const options = { method: 'POST', agent: false, headers: this.headers(batch), timeout: TIMEOUT };
      const request = this.open(this.endpoint, options, (response) => {
        resolve({ status: response.statusCode, retryAfter: Number(response.headers['retry-after']) || 0 });
        response.on('error', () => {}).resume();
      });
      request.on('socket', (socket) => socket.unref());
      request.on('timeout', () => request.destroy());
      request.on('error', () => {});
      request.on('close', () => resolve({ status: 0, retryAfter: 0 }));
      this.request = request;
      request.end(batch.body);
    });
  }

  headers(batch) {
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': batch.body.length,
      'Advisor-Batch-Id': batch.id,
      'Advisor-Sent-At': (this.wallClock() / 1000).toFixed(3),
    };
    if (batch.compressed) headers['Content-Encoding'] = 'gzip';
    if (this.token !== undefined) headers.Authorization = `Bearer ${this.token}`;
    return headers;
  }

  close() {
    this.waiting = [];
    this.bytes = 0;
    this.request?.destroy();
  }
}

/**
 * A UUID of version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then random bits.
 * @param {number} milliseconds
 */
function batchId(milliseconds) {
  const bytes = require('node:crypto').randomBytes(16); // at the first export, like zlib
  bytes.writeUIntBE(Math.floor(milliseconds), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

module.exports = { Sender, batchId };
