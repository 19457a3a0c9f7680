'use strict';

const http = require('node:http');
const { fetch: fetchOfPackage, Pool } = require('undici');
const WebSocket = require('ws');
const { described, serveActions, unhandled } = require('../actions');

const base = process.argv[2];
const nowhere = process.argv[3];
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
const pool = new Pool(base, { connections: 1 });

/** By node:http: status and body, whatever becomes of it. */
const get = (path, options = {}) =>
  new Promise((resolve, reject) => {
    const request = http.get(path.startsWith('http') ? path : `${base}/${path}`, options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject).on('end', () => resolve([response.statusCode, String(Buffer.concat(chunks))]));
    });
    request.on('error', reject);
  });

const fetched = (fetch, path) => fetch(`${base}/${path}`).then(async (answer) => [answer.status, await answer.text()]);
const text = async ({ statusCode, body }) => [statusCode, await body.text()];

/** An error that nobody listens for is thrown. */
const withoutListener = () =>
  new Promise((resolve) => {
    process.once('uncaughtException', (error) => resolve(described(error)));
    http.get(nowhere);
  });

const socket = () =>
  new Promise((resolve) => {
    const client = new WebSocket(base.replace('http', 'ws'));
    client.on('open', () => client.close()).on('close', (code) => resolve(code));
  });

const actions = {
  http: () => get('fine'),
  httpAgent: () => get('fine', { agent }),
  httpFault: () => get('fault'),
  httpCut: () => get('cut'),
  httpRefused: () => get(nowhere),
  httpEarly: () => get('fine', { signal: AbortSignal.abort() }).catch((error) => error.name),
  fetch: () => fetched(fetch, 'fine'),
  fetchFault: () => fetched(fetch, 'fault'),
  fetchCut: () => fetched(fetch, 'cut'),
  fetchRefused: () => fetch(nowhere),
  undici: () => fetched(fetchOfPackage, 'fine'),
  undiciPool: async () => text(await pool.request({ path: '/fine', method: 'GET' })),
  withoutListener,
  unhandled: () => unhandled(() => void fetch(nowhere) || get(nowhere).catch(() => {})),
  socket,
  waitHttp: () => void get('slow', { agent }).catch(() => {}),
  waitFetch: () => void fetched(fetch, 'slow').catch(() => {}),
  waitPool: () => void pool.request({ path: '/slow', method: 'GET' }).then(text).catch(() => {}),
};

serveActions(actions);
