'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test } = require('node:test');
const { Receiver } = require('../../testing/receiver');
const { start, stop } = require('../../testing/service');
const { expectCounts } = require('../../testing/watch');

const NEXT = require.resolve('next/dist/bin/next');
const APP = path.resolve(__dirname, '../../testing/apps/next');
const QUIET = { NEXT_TELEMETRY_DISABLED: '1' };

function build() {
  const env = { PATH: process.env.PATH, ...QUIET };
  const { status, stdout, stderr } = spawnSync(process.execPath, [NEXT, 'build', APP], { env, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

/** `next start`, as soon as it says where it listens. */
async function serveNext(t, endpoint) {
  const args = ['start', APP, '--hostname', '127.0.0.1', '--port', '0'];
  const service = start(NEXT, { endpoint, args, env: QUIET });
  t.after(() => stop(service));
  for (;;) {
    const [line] = await once(service.lines, 'line', { signal: AbortSignal.timeout(30_000) });
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
}

test('Next.js: the route is the pattern of the page or handler, and what it does not know has none', async (t) => {
  build();
  const receiver = await new Receiver().listen();
  t.after(() => receiver.close());
  const url = await serveNext(t, receiver.endpoint);
  for (const page of ['/', '/users/1', '/users/2', '/api/users/3', '/old/4', '/not/there']) {
    await (await fetch(url + page)).text();
  }
  await (await fetch(`${url}/api/users/3`, { method: 'POST' })).text();
  const keys = ['http.request.method', 'http.route', 'http.response.status_code', 'error.type'];
  await expectCounts(receiver, 'http.server.request.duration', keys, {
    'GET / 200 -': 1,
    'GET /users/[id] 200 -': 2,
    'GET /api/users/[id] 200 -': 1,
    'POST /api/users/[id] 500 500': 1,
    'GET /old/[id] 200 -': 1,
    'GET - 400 -': 1,
  });
});
