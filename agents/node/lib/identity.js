'use strict';

const cluster = require('node:cluster');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const { version: PROBE_VERSION } = require('../package.json');

// Of OTEL_RESOURCE_ATTRIBUTES only what names the service is taken.
const FROM_ENVIRONMENT = [
  'service.namespace',
  'service.version',
  'service.instance.id',
  'deployment.environment.name',
];

// Units that run other people's programs: their name says nothing of the service. The agent's list too.
const HOSTS_OF_OTHERS = new Set([
  ...['init', 'user', 'docker', 'containerd', 'crio', 'podman', 'kubelet', 'ssh', 'sshd', 'cron', 'crond', 'atd'],
  ...['supervisor', 'supervisord', 'runit', 'actions-runner', 'gitlab-runner', 'jenkins'],
]);

// The kernel counts process times in hundredths of a second on every architecture Node.js runs on.
const KERNEL_TICKS = 100;

/**
 * The resource attributes of this process that stay as they are.
 * @returns {Record<string, string | number | undefined>}
 */
function describe() {
  const script = process.argv[1];
  const configured = parseAttributes(process.env.OTEL_RESOURCE_ATTRIBUTES);
  const service = serviceName(process.env, configured, script);
  const created = creationTime();
  const attributes = {
    'service.name': service.name,
    'service.version': service.version,
    'service.instance.id': `${os.hostname()}:${process.pid}:${Math.round(created / 1000)}`,
    'host.id': readText('/etc/machine-id') || undefined,
    'host.name': os.hostname(),
    'process.pid': process.pid,
    'process.creation.time': new Date(created).toISOString(),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'process.executable.name': path.basename(process.execPath),
    'process.command': script,
    'advisor.service.name.source': service.source,
    'telemetry.sdk.name': 'advisor-probe',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': PROBE_VERSION,
  };
  for (const key of FROM_ENVIRONMENT) attributes[key] = configured[key] || attributes[key];
  return attributes;
}

/** The attributes that a running process can change: a parent may die, a primary may fork. */
function changing() {
  return {
    'advisor.cluster.role': clusterRole(),
    'advisor.cluster.worker.id': cluster.worker?.id,
    'process.parent_pid': process.ppid,
  };
}

function clusterRole() {
  if (cluster.isWorker) return 'worker';
  return Object.keys(cluster.workers ?? {}).length > 0 ? 'primary' : 'single';
}

/** The name and where it came from, in the order of weight that the agent uses too; a package has a version. */
function serviceName(env, configured, script) {
  const found = nearestPackage(script);
  const candidates = [
    ['configured', env.OTEL_SERVICE_NAME || configured['service.name']],
    ['pm2', env.pm_id === undefined ? undefined : env.name],
    ['systemd', systemdUnit(readText('/proc/self/cgroup'))],
    ['package', found.name],
    ['script', script === undefined ? 'node' : path.parse(script).name],
  ];
  const [source, name] = candidates.find(([, value]) => value);
  const version = source === 'package' && typeof found.version === 'string' ? found.version : undefined;
  return version === undefined ? { name, source } : { name, source, version };
}

/** `key=value,key=value` with percent-encoded values, as OTEL_RESOURCE_ATTRIBUTES has them. */
function parseAttributes(text = '') {
  const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
  return Object.fromEntries(pairs.map(([key, value = '']) => [key, decode(value)]));
}

function decode(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The service unit in the text of /proc/self/cgroup; an instance (`web@1`) belongs to its template. */
function systemdUnit(cgroups) {
  const paths = cgroups.split('\n').flatMap((line) => /^(?:0:|\d+:name=systemd):(.*)$/.exec(line)?.[1] ?? []);
  for (const path of paths) {
    const unit = path.match(/[^/]+(?=\.service(?:\/|$))/g)?.at(-1);
    const name = unit?.replace(/@.*$/, '').replace(/\\x([0-9a-f]{2})/g, fromHex);
    if (name !== undefined && !HOSTS_OF_OTHERS.has(name)) return name;
  }
  return undefined;
}

function fromHex(_, digits) {
  return String.fromCharCode(parseInt(digits, 16));
}

/** The nearest package.json with a name, above the script, or above the directory for an installed tool. */
function nearestPackage(script) {
  const installed = script === undefined || script.includes('/node_modules/');
  let directory = installed ? process.cwd() : path.dirname(script);
  for (;;) {
    const { name, version } = readPackage(path.join(directory, 'package.json'));
    if (typeof name === 'string' && name !== '') return { name, version };
    const parent = path.dirname(directory);
    if (parent === directory) return {};
    directory = parent;
  }
}

function readPackage(file) {
  try {
    return JSON.parse(readText(file)) ?? {};
  } catch {
    return {};
  }
}

/**
 * Unix milliseconds at which the kernel made this process. Where a shell did its work first and then
 * became Node.js by `exec`, this is the shell's start, and the time by which others see the process.
 */
function creationTime() {
  // The command name in parentheses may hold spaces; field 22 is the twentieth after it.
  const started = Number(readText('/proc/self/stat').replace(/^.*\) /s, '').split(' ')[19]) / KERNEL_TICKS;
  const age = (parseFloat(readText('/proc/uptime')) - started) * 1000;
  const created = Date.now() - age;
  // In a container /proc/uptime may be the container's own; then the runtime's word counts.
  return age >= 0 && created <= performance.timeOrigin + 1000 ? created : performance.timeOrigin;
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

module.exports = { changing, creationTime, describe, nearestPackage, parseAttributes, serviceName, systemdUnit };
