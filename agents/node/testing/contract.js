'use strict';

// The contract with the server: one export of a real service. Run this file to write it anew.

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { Receiver, flatten } = require('./receiver');
const { serve, stop } = require('./service');

const FILE = path.resolve(__dirname, '../../contract/node.example.json');
const NEEDED = ['http.server.request.duration', 'v8js.gc.duration', 'nodejs.eventloop.delay.p99'];

// What differs on every machine, as it is written to the file.
const EXAMPLE = {
  'service.instance.id': 'shop-1:4711:1790000000',
  'host.id': '0123456789abcdef0123456789abcdef',
  'host.name': 'shop-1',
  'process.pid': 4711,
  'process.parent_pid': 1,
  'process.creation.time': '2026-09-21T13:33:20.000Z',
  'process.command': '/srv/shop/server.js',
};

/** One real export in which every collector had something to say: an OTLP/JSON object. */
async function recordExport() {
  const receiver = await new Receiver().listen();
  const env = { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production' };
  const service = await serve('with-express', { endpoint: receiver.endpoint, args: ['express'], interval: 2, env });
  try {
    await receiver.until(([first]) => first);
    const client = net.connect(service.port, '127.0.0.1');
    client.resume().write('GET /users/1 HTTP/1.1\r\nHost: shop\r\n\r\n'.repeat(3000));
    await fetch(`${service.url}/users/1`, { method: 'POST' });
    const complete = ({ metrics }) => NEEDED.every((name) => metrics[name] !== undefined);
    const { payload } = await receiver.until((exports) => exports.find(complete));
    client.destroy();
    return payload;
  } finally {
    await stop(service);
    await receiver.close();
  }
}

/** What the two sides agree on: of every metric the name, unit, kind and the names of its attributes. */
function agreement(payload) {
  const { resource, metrics } = flatten(payload);
  const shapes = Object.entries(metrics).map(([name, { points, ...shape }]) => {
    const keys = new Set(points.flatMap(({ attributes }) => Object.keys(attributes)));
    return [name, { ...shape, attributes: [...keys].toSorted() }];
  });
  return { resource: Object.keys(resource).toSorted(), metrics: Object.fromEntries(shapes) };
}

async function write() {
  const payload = await recordExport();
  for (const attribute of payload.resourceMetrics[0].resource.attributes) {
    const example = EXAMPLE[attribute.key];
    const type = typeof example === 'number' ? 'intValue' : 'stringValue';
    if (example !== undefined) attribute.value = { [type]: example };
  }
  fs.mkdirSync(path.dirname(FILE), { recursive: true });
  fs.writeFileSync(FILE, `${JSON.stringify(payload, null, 2)}\n`);
}

module.exports = { FILE, agreement, recordExport };

if (require.main === module) write();
