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

test('checkout computes some milliseconds for a request, and little for its health', async (t) => {
  const url = await run(t, 'checkout.js');
  await workOf(url, '/health');
  const works = [];
  for (let i = 0; i < 9; i++) works.push(await workOf(url, '/checkout'));
  // The least disturbed one: the machine may be busy with other things.
  assert.ok(Math.min(...works) > 4 && Math.min(...works) < 40, `${works}`);
});

test('reports blocks for about 300 ms while it exports, and hardly otherwise', async (t) => {
  const url = await run(t, 'reports.js');
  const light = [];
  for (let i = 0; i < 5; i++) light.push(await workOf(url, '/reports'));
  assert.ok(Math.min(...light) < 50, `${light}`);
  const work = await workOf(url, '/reports/export');
  assert.ok(work > 250, `${work}`);
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
