'use strict';

const { Connection } = require('./connection');

// What waits for a receiver that is away; the newest is kept.
const BUFFER_BYTES = 1024 * 1024;
const COMPRESS_FROM = 1024;

// An export is some KiB: a smaller window and smaller tables than zlib's own are twice as fast, for the same size.
const COMPRESSION = { level: 6, windowBits: 13, memLevel: 6, chunkSize: 4096 };
const LONGEST_WAIT = 3600;

// Exports in a row that the agent did not answer before the server is told directly, and how long (seconds)
// until the agent is asked again.
const AWAY_AFTER = 3;
const ASK_AGAIN = 300;

// Answers that would be the same for the same body however often it is sent. 404: a receiver from before events.
const REFUSED = new Set([400, 404, 413, 415, 422]);

/** Sends exports in order, one at a time, and keeps what could not be sent. */
class Sender {
  /**
   * @param {{endpoint: URL, server?: URL, token?: string}} settings
   * @param {() => number} wallClock Unix milliseconds
   */
  constructor({ endpoint, server, token }, wallClock) {
    this.agent = new Connection(endpoint);
    this.server = server && new Connection(server);
    this.token = token;
    this.wallClock = wallClock;
    this.waiting = [];
    this.bytes = 0;
    // Monotonic, so that a clock set back does not stretch a wait.
    this.uptime = process.uptime;
    this.notBefore = 0;
    this.missed = 0;
    this.directUntil = 0;
    this.sending = undefined;
  }

  /**
   * @param {object} payload an OTLP/JSON export; its batch id stays with it over all retries
   * @param {string} path of OTLP, where it goes
   */
  enqueue(payload, path = '/v1/metrics') {
    this.waiting.push(this.batch(payload, path));
    this.bytes += this.waiting.at(-1).body.length;
    while (this.bytes > BUFFER_BYTES && this.waiting.length > 1) this.drop(this.waiting[0]);
  }

  batch(payload, path) {
    const text = Buffer.from(JSON.stringify(payload));
    const compressed = text.length > COMPRESS_FROM;
    const body = compressed ? gzip(text) : text;
    return { id: batchId(this.wallClock()), path, body, compressed };
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

  async post(batch) {
    const connection = this.receiver();
    const answer = await connection.post(batch.path, this.headers(batch), batch.body);
    if (connection === this.agent) this.heard(answer.status !== 0);
    return answer;
  }

  receiver() {
    return this.server !== undefined && this.uptime() < this.directUntil ? this.server : this.agent;
  }

  heard(answered) {
    this.missed = answered ? 0 : this.missed + 1;
    // One more silence is enough once it has been away.
    if (this.missed >= AWAY_AFTER) this.directUntil = this.uptime() + ASK_AGAIN;
  }

  /** Writes a last word from a process that is about to end; nobody will wait for the answer. */
  sendNow(payload, path) {
    const batch = this.batch(payload, path);
    return this.receiver().postNow(batch.path, this.headers(batch), batch.body);
  }

  headers(batch) {
    const headers = {
      'Content-Type': 'application/json',
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
    this.agent.close();
    this.server?.close();
  }
}

/** What waits is kept as long as it is: zlib gives a small piece of a large buffer. */
function gzip(text) {
  // Loaded at the first export: a start-up does not pay for it.
  const compressed = require('node:zlib').gzipSync(text, COMPRESSION);
  const body = Buffer.allocUnsafeSlow(compressed.length);
  compressed.copy(body);
  return body;
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
