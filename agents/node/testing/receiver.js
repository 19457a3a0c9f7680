'use strict';

const { EventEmitter, once } = require('node:events');
const http = require('node:http');
const { gunzipSync } = require('node:zlib');

/** A stand-in for the agent's receiver: records every export and tells who waits for one. */
class Receiver extends EventEmitter {
  constructor() {
    super();
    this.exports = [];
    this.status = 200;
    this.answerHeaders = {};
    this.server = http.createServer((request, response) => this.take(request, response));
  }

  async listen(port = 0) {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = this.server.address().port;
    this.endpoint = `http://127.0.0.1:${this.port}/v1/metrics`;
    return this;
  }

  async close() {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  take(request, response) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      const { headers, url, method } = request;
      const { status } = this;
      const payload = JSON.parse(text);
      this.exports.push({ method, url, headers, status, bytes: body.length, payload, ...flatten(payload) });
      response.writeHead(status, { 'Content-Type': 'application/json', ...this.answerHeaders });
      response.end('{}', () => this.emit('export'));
    });
  }

  /** Waits until `find(exports)` is truthy and returns it; it is asked again after each export. */
  async until(find, { timeout = 30_000 } = {}) {
    const signal = AbortSignal.timeout(timeout);
    for (;;) {
      const found = find(this.exports);
      if (found) return found;
      await once(this, 'export', { signal });
    }
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

function plain(attributes = []) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
}

module.exports = { Receiver, flatten };
