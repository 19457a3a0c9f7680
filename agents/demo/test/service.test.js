'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const http = require('node:http');
const path = require('node:path');
const { test } = require('node:test');

function start(name, port) {
  const env = { PATH: process.env.PATH, ...(port !== undefined && { PORT: String(port) }) };
  const child = spawn(process.execPath, [path.join(__dirname, '..', name)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.setEncoding('utf8');
  return child;
}

/** A port that was free a moment ago. */
async function freePort() {
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Milliseconds that the loop of a service was busy with one request. */
async function workOf(url, path) {
  const loop = async () => (await fetch(`${url}/__loop`)).json();
  const before = await loop();
  const answer = await fetch(url + path);
  assert.equal(answer.status, 200);
  await answer.text();
  return (await loop()).active - before.active;
}

async function run(t, name) {
  const port = await freePort();
  const service = start(name, port);
  t.after(() => service.kill('SIGKILL'));
  const [line] = await once(service.stdout, 'data', { signal: AbortSignal.timeout(60_000) });
  assert.match(String(line), new RegExp(`listens on http://127\\.0\\.0\\.1:${port}`));
  return `http://127.0.0.1:${port}`;
}

// How long a piece of work takes differs by half with the machine's speed from one moment to the next, so the work of two
// paths is compared, and of each the least disturbed answer.
async function leastWork(url, path, times) {
  const works = [];
  for (let i = 0; i < times; i++) works.push(await workOf(url, path));
  return Math.min(...works);
}

test('checkout computes some times longer for a request than for its health', async (t) => {
  const url = await run(t, 'checkout.js');
  await workOf(url, '/health');
  const [light, heavy] = [await leastWork(url, '/health', 9), await leastWork(url, '/checkout', 9)];
  assert.ok(heavy > 2 * light, `${heavy} ms and ${light} ms`);
});

test('reports blocks many times longer while it exports than otherwise', async (t) => {
  const url = await run(t, 'reports.js');
  const [light, heavy] = [await leastWork(url, '/reports', 5), await leastWork(url, '/reports/export', 1)];
  assert.ok(heavy > 20 * light, `${heavy} ms and ${light} ms`);
});

test('a missing and a taken port are one sentence that says what to do', async (t) => {
  const url = await run(t, 'reports.js');
  const { port } = new URL(url);
  for (const [value, sentence] of [
    [undefined, 'checkout: set PORT to the port to listen on, for example PORT=3001.\n'],
    [port, `checkout: port ${port} is taken; set PORT to another one.\n`],
  ]) {
    const service = start('checkout.js', value);
    const said = once(service.stderr, 'data');
    const [code] = await once(service, 'exit');
    assert.equal(code, 1);
    assert.equal((await said)[0], sentence);
  }
});
