'use strict';

// The contract with the server: one export, and the events, of a real service. Run this file to write them anew.

const fs = require('node:fs');
const path = require('node:path');
const { startMongodb } = require('./mongodb');
const { Receiver, eventsIn, flatten } = require('./receiver');
const { serve, stop } = require('./service');

const FOLDER = path.resolve(__dirname, '../../contract');
const FILES = { metrics: 'node.example.json', events: 'node.events.example.json' };

// Every metric that this side has to send, and the seconds in which all of them have something to say.
const NEEDED = read('metrics.json')
  .filter(({ senders }) => senders.includes('node'))
  .map(({ name }) => name);
const INTERVAL = 2;

// What differs on every machine, as it is written to the files.
const EXAMPLE = {
  'service.instance.id': 'shop-1:4711:1790000000',
  'host.id': '0123456789abcdef0123456789abcdef',
  'host.name': 'shop-1',
  'process.pid': 4711,
  'process.parent_pid': 1,
  'process.creation.time': '2026-09-21T13:33:20.000Z',
  'process.command': '/srv/shop/server.js',
  'code.file.path': '/srv/shop/server.js',
};

function read(name) {
  return JSON.parse(fs.readFileSync(path.join(FOLDER, name), 'utf8'));
}

/** What a real service sends in which every collector had something to say: OTLP/JSON of metrics and of logs. */
async function record() {
  const receiver = await new Receiver().listen();
  const mongodb = await startMongodb();
  const service = await serve('everything', {
    endpoint: receiver.endpoint,
    interval: INTERVAL,
    args: [String(mongodb.port)],
    flags: ['--expose-gc'],
    env: {
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production',
      ADVISOR_PROBE_WATCH: 'always',
    },
  });
  try {
    const complete = ({ metrics }) => NEEDED.every((name) => metrics[name] !== undefined);
    const { payload } = await receiver.until((exports) => exports.find(complete));
    return { metrics: payload, events: await provoke(receiver, service) };
  } finally {
    await stop(service);
    mongodb.stop();
    await receiver.close();
  }
}

/** One of every event, in one OTLP/JSON export. */
async function provoke(receiver, service) {
  const started = await receiver.event('advisor.process.started');
  await fetch(`${service.url}/block`);
  const blocked = await receiver.event('advisor.nodejs.eventloop.blocked', isOfCode);
  await fetch(`${service.url}/busy`);
  const profile = await receiver.event('advisor.nodejs.eventloop.profile');
  await fetch(`${service.url}/throw`);
  const exited = await receiver.event('advisor.process.exited');
  const [{ resource, scopeLogs }] = exited.payload.resourceLogs;
  const logRecords = [started, blocked, profile, exited].map(({ record }) => record);
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: scopeLogs[0].scope, logRecords }] }] };
}

function isOfCode({ attributes }) {
  return attributes['advisor.cause'] === 'code';
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

/** Of every event the name and the names of its attributes. */
function eventAgreement(payload) {
  return Object.fromEntries(eventsIn(payload).map(({ name, attributes }) => [name, Object.keys(attributes).toSorted()]));
}

function anonymous({ key, value }) {
  const example = EXAMPLE[key];
  if (example === undefined) return { key, value };
  return { key, value: { [typeof example === 'number' ? 'intValue' : 'stringValue']: example } };
}

async function write() {
  const recorded = await record();
  for (const [kind, file] of Object.entries(FILES)) {
    const payload = JSON.parse(JSON.stringify(recorded[kind]), (name, value) =>
      name === 'attributes' ? value.map(anonymous) : value,
    );
    fs.writeFileSync(path.join(FOLDER, file), `${JSON.stringify(payload, null, 2)}\n`);
  }
}

module.exports = { FILES, agreement, eventAgreement, read, record };

if (require.main === module) write();
