'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { isTool } = require('../lib/probe');
const { Receiver } = require('../testing/receiver');
const { serve, start, stop } = require('../testing/service');

async function watch(t, name, options = {}) {
  const receiver = await new Receiver().listen();
  const service = await serve(name, { endpoint: receiver.endpoint, ...options });
  t.after(async () => {
    await stop(service);
    await receiver.close();
  });
  return { receiver, service };
}

test('a service says who it is', async (t) => {
  const { receiver, service } = await watch(t, 'plain', {
    env: { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' },
  });
  const { resource } = await receiver.until(([first]) => first);
  assert.equal(resource['service.name'], 'shop');
  assert.equal(resource['advisor.service.name.source'], 'configured');
  assert.equal(resource['deployment.environment.name'], 'test');
  assert.equal(resource['process.pid'], service.pid);
  assert.equal(resource['process.parent_pid'], process.pid);
  assert.equal(resource['process.runtime.name'], 'nodejs');
  assert.equal(resource['process.executable.name'], 'node');
  assert.match(resource['process.command'], /services\/plain\.js$/);
  assert.equal(resource['host.name'], os.hostname());
  assert.equal(resource['host.id'], fs.readFileSync('/etc/machine-id', 'utf8').trim());
  assert.equal(resource['advisor.cluster.role'], 'single');
  assert.equal(resource['telemetry.sdk.name'], 'advisor-probe');
  assert.ok(Math.abs(Date.parse(resource['process.creation.time']) - Date.now()) < 60_000);
});

test('exports follow each other without a gap, one time for all points of each', async (t) => {
  const { receiver } = await watch(t, 'plain');
  await receiver.until((exports) => exports.length >= 3);
  const spans = receiver.exports.map(({ metrics }) => {
    const points = Object.values(metrics).flatMap((metric) => metric.points);
    const times = new Set(points.map(({ timeUnixNano }) => timeUnixNano));
    const starts = new Set(points.map(({ startTimeUnixNano }) => startTimeUnixNano).filter(Boolean));
    assert.deepEqual([times.size, starts.size], [1, 1]);
    return { start: [...starts][0], time: [...times][0] };
  });
  assert.equal(spans[1].start, spans[0].time);
  assert.equal(spans[2].start, spans[1].time);
});

test('a cluster reports as one primary and its workers', async (t) => {
  const { receiver, service } = await watch(t, 'clustered');
  const roles = (exports) => new Map(exports.map(({ resource }) => [resource['process.pid'], resource]));
  const found = await receiver.until((exports) => roles(exports).size === 3 && roles(exports));
  const byRole = [...found.values()].map((resource) => resource['advisor.cluster.role']);
  assert.deepEqual(byRole.toSorted(), ['primary', 'worker', 'worker']);
  assert.equal(found.get(service.pid)['advisor.cluster.role'], 'primary');
  for (const resource of found.values()) {
    if (resource['advisor.cluster.role'] === 'worker') assert.equal(resource['process.parent_pid'], service.pid);
  }
});

test('a worker thread does not report beside its process', async (t) => {
  const { receiver } = await watch(t, 'threads');
  await receiver.until((exports) => exports.length >= 3);
  const times = receiver.exports.map(({ metrics }) => metrics['v8js.memory.heap.used'].points[0].timeUnixNano);
  assert.deepEqual(times, times.toSorted());
  assert.equal(new Set(receiver.exports.map(({ resource }) => resource['service.instance.id'])).size, 1);
  const starts = receiver.points('nodejs.eventloop.time').map(({ startTimeUnixNano }) => startTimeUnixNano);
  assert.equal(new Set(starts).size, receiver.exports.length);
});

test('a service ends as it would without the probe, agent there or not', async (t) => {
  const receiver = await new Receiver().listen();
  t.after(() => receiver.close());
  for (const options of [
    { probe: '' },
    { endpoint: receiver.endpoint, interval: 0.1 },
    { endpoint: 'http://127.0.0.1:9/', interval: 0.1 },
  ]) {
    const service = start('short-lived', options);
    const [code, signal] = await once(service, 'close', { signal: AbortSignal.timeout(20_000) });
    assert.deepEqual([code, signal], [0, null]);
    assert.deepEqual([service.output, service.errors], ['done\nexit 0\n', '']);
  }
  assert.ok(receiver.exports.length > 0);
});

test('SIGTERM ends a service by the signal, as it does without the probe', async (t) => {
  const { receiver, service } = await watch(t, 'plain');
  await receiver.until(([first]) => first);
  service.kill('SIGTERM');
  assert.deepEqual(await once(service, 'exit'), [null, 'SIGTERM']);
});

test('the agent away, then back: what was measured meanwhile arrives, in order', async (t) => {
  const { receiver, service } = await watch(t, 'plain', { interval: 0.2 });
  await receiver.until(([first]) => first);
  await receiver.close();
  for (let i = 0; i < 5; i++) await (await fetch(`${service.url}/away`)).text();
  const back = await new Receiver().listen(receiver.port);
  t.after(() => back.close());
  const counted = () => back.points('http.server.request.duration').reduce((sum, { count }) => sum + count, 0);
  await back.until(() => counted() === 5);
  const times = back.points('v8js.memory.heap.used').map(({ timeUnixNano }) => timeUnixNano);
  assert.deepEqual(times, times.toSorted());
  assert.equal(new Set(times).size, times.length);
});

test('fake timers in the service do not reach the probe', async (t) => {
  const { receiver } = await watch(t, 'fake-clock');
  await receiver.until((exports) => exports.length >= 2);
  const [{ timeUnixNano }] = receiver.points('v8js.memory.heap.used');
  assert.ok(Math.abs(Number(BigInt(timeUnixNano) / 1_000_000n) - Date.now()) < 60_000);
});

test('a wrong setting is one sentence, and the service runs', async () => {
  const service = start('short-lived', { env: { ADVISOR_PROBE_INTERVAL: 'soon' } });
  const [code] = await once(service, 'close');
  assert.equal(code, 0);
  assert.equal(service.output, 'done\nexit 0\n');
  assert.match(service.errors, /The probe did not start: ADVISOR_PROBE_INTERVAL is "soon"; set it to seconds/);
});

test('package managers and PM2 itself are known by their script', () => {
  for (const script of [
    '/usr/bin/npm',
    '/lib/npm/bin/npx-cli.js',
    '/lib/corepack/dist/pnpm.js',
    '/srv/.yarn/releases/yarn-4.1.0.cjs',
    '/lib/node_modules/pm2/lib/Daemon.js',
  ]) {
    assert.ok(isTool(script), script);
  }
  for (const script of [undefined, '/srv/app.js', '/srv/npm/server.js', '/srv/npm-mirror.js', '/srv/Daemon.js']) {
    assert.ok(!isTool(script), String(script));
  }
});

test('npm itself is not watched, the script that it runs is', async (t) => {
  const receiver = await new Receiver().listen();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'probe-npm-'));
  const script = path.join(__dirname, '..', 'testing', 'services', 'plain.js');
  fs.writeFileSync(
    path.join(directory, 'package.json'),
    JSON.stringify({ name: 'run-by-npm', scripts: { start: `node ${script}` } }),
  );
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: directory,
    detached: true,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      NODE_OPTIONS: `--require ${path.resolve(__dirname, '..')}`,
      ADVISOR_PROBE_ENDPOINT: receiver.endpoint,
      ADVISOR_PROBE_INTERVAL: '0.2',
    },
  });
  t.after(async () => {
    process.kill(-npm.pid, 'SIGKILL'); // the group that `detached` made: npm, its shell and the script
    await receiver.close();
    fs.rmSync(directory, { recursive: true, force: true });
  });
  await receiver.until((exports) => exports.length >= 3);
  assert.deepEqual([...new Set(receiver.exports.map(({ resource }) => resource['process.command']))], [script]);
});
