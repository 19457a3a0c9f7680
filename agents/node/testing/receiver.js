'use strict';

const { EventEmitter, once } = require('node:events');
const http = require('node:http');
const { gunzipSync } = require('node:zlib');

/** A stand-in for the agent's receiver: records every export and every event, and tells who waits for one. */
class Receiver extends EventEmitter {
  constructor() {
    super();
    this.exports = [];
    this.events = [];
    this.status = 200;
    this.answerHeaders = {};
    this.server = http.createServer((request, response) => this.take(request, response));
  }

  async listen(port = 0) {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = this.server.address().port;
    this.endpoint = `http://127.0.0.1:${this.port}`;
    return this;
  }

  async close() {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  take(incoming, response) {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      const { headers, url, method } = incoming;
      const { status } = this;
      const payload = JSON.parse(text);
      const request = { method, url, headers, status, bytes: body.length, payload };
      if (payload.resourceLogs) this.events.push(...eventsIn(payload).map((event) => ({ ...request, ...event })));
      else this.exports.push({ ...request, ...flatten(payload) });
      response.writeHead(status, { 'Content-Type': 'application/json', ...this.answerHeaders });
      response.end('{}', () => this.emit('export'));
    });
  }

  /** Waits until `find(exports, events)` is truthy and returns it; it is asked again after each request. */
  async until(find, { timeout = 30_000 } = {}) {
    const signal = AbortSignal.timeout(timeout);
    for (;;) {
      const found = find(this.exports, this.events);
      if (found) return found;
      await once(this, 'export', { signal });
    }
  }

  /** Waits for an event of this name, the first that fits. */
  event(name, fits = () => true, options = {}) {
    return this.until((_, events) => events.find((event) => event.name === name && fits(event)), options);
  }

  /** Every point of a metric, over all exports that were taken. */
  points(name) {
    return this.exports.filter(({ status }) => status === 200).flatMap(({ metrics }) => metrics[name]?.points ?? []);
  }
}

/** The parts of an OTLP/JSON export that tests look at, with attributes as plain objects. */
function flatten(payload) {
  const [{ resource, scopeMetrics }] = payload.resourceMetrics;
  const metrics = {};
  for (const { name, unit, ...rest } of scopeMetrics[0].metrics) {
    const [[kind, { dataPoints, ...shape }]] = Object.entries(rest);
    const points = dataPoints.map((point) => ({ ...point, attributes: plain(point.attributes) }));
    metrics[name] = { unit, kind, ...shape, points };
  }
  return { resource: plain(resource.attributes), metrics };
}

/** The events of an OTLP/JSON export of logs; `time` in Unix milliseconds, `at` when it came. */
function eventsIn(payload) {
  const [{ resource, scopeLogs }] = payload.resourceLogs;
  return scopeLogs[0].logRecords.map((record) => ({
    name: record.eventName,
    time: Number(BigInt(record.timeUnixNano) / 1000n) / 1000,
    at: Date.now(),
    attributes: plain(record.attributes),
    resource: plain(resource.attributes),
    record,
  }));
}

function plain(attributes = []) {
  const pairs = attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.doubleValue]);
  return Object.fromEntries(pairs);
}

module.exports = { Receiver, eventsIn, flatten };
