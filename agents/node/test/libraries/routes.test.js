'use strict';

const { test } = require('node:test');
const { allRuntimes } = require('../../testing/runtimes');
const { expectCounts, watch } = require('../../testing/watch');

const DURATION = 'http.server.request.duration';
const KEYS = ['http.request.method', 'http.route', 'http.response.status_code', 'error.type'];

/** Asks a service for paths, by GET or "POST /path", and compares what was counted. */
async function expectRoutes(t, service, options, paths, expected) {
  const { receiver, service: running } = await watch(t, service, options);
  for (const path of paths) {
    const [method, where] = path.includes(' ') ? path.split(' ') : ['GET', path];
    await (await fetch(running.url + where, { method })).text();
  }
  await expectCounts(receiver, DURATION, KEYS, expected);
}

test('Koa: the route is the pattern, those of nested routers included', async (t) => {
  const users = ['/users/1', '/users/2', 'POST /users/1'];
  const others = ['/v2/orders/7/items/x', '/anything', '/not-there/1'];
  await expectRoutes(t, 'with-koa', {}, [...users, ...others], {
    'GET /users/:id 200 -': 2,
    'POST /users/:id 500 500': 1,
    'GET /v2/orders/:order/items/:item 200 -': 1,
    'GET /^\\/any/ 200 -': 1,
    'GET - 400 -': 1,
  });
});

// Which CommonJS packages of an ES module stand in the cache is the loader's affair.
for (const { version, execPath } of allRuntimes()) {
  test(`Koa, imported by an ES module, on Node.js ${version}`, async (t) => {
    await expectRoutes(t, 'with-koa.mjs', { execPath }, ['/users/1'], { 'GET /users/:id 200 -': 1 });
  });
}

test('hapi: the route is the pattern, and what it does not know has none', async (t) => {
  const paths = ['/users/1', '/users/2', 'POST /users/1', '/files/a/b/c', '/not-there/1'];
  await expectRoutes(t, 'with-hapi', {}, paths, {
    'GET /users/{id} 200 -': 2,
    'POST /users/{id} 500 500': 1,
    'GET /files/{path*} 200 -': 1,
    'GET - 400 -': 1,
  });
});

test('hapi, imported by an ES module', async (t) => {
  await expectRoutes(t, 'with-hapi.mjs', {}, ['/users/1'], { 'GET /users/{id} 200 -': 1 });
});

for (const platform of ['express', 'fastify']) {
  test(`NestJS on ${platform}: the route is the pattern`, async (t) => {
    const paths = ['/api/users/1', '/api/users/2', 'POST /api/users/1', '/not-there/1'];
    await expectRoutes(t, 'with-nest.mjs', { args: [platform] }, paths, {
      'GET /api/users/:id 200 -': 2,
      'POST /api/users/:id 500 500': 1,
      'GET - 400 -': 1,
    });
  });
}
