'use strict';

const path = require('node:path');
const { clearTimeout, setTimeout } = require('node:timers');

// Milliseconds after which a service has loaded what it works with.
const SOON = 1000;

// The file that holds what is watched, and the file of `libraries/` that watches it.
const WATCHED = new Map([
  ['@hapi/hapi/lib/request.js', 'hapi'],
  ['@redis/client/dist/lib/client/index.js', 'redis'],
  ['ioredis/built/Redis.js', 'ioredis'],
  ['koa/lib/application.js', 'koa'],
  ['mongodb/lib/cmap/connection_pool.js', 'mongodb-pool'],
  ['mongodb/lib/sdam/server.js', 'mongodb'],
  ['mysql2/lib/base/connection.js', 'mysql2'],
  ['mysql2/lib/base/pool.js', 'mysql2-pool'],
  // Where mysql2 before 3.12 has the same two.
  ['mysql2/lib/connection.js', 'mysql2'],
  ['mysql2/lib/pool.js', 'mysql2-pool'],
  ['next/dist/server/request-meta.js', 'next'],
  ['pg-pool/index.js', 'pg-pool'],
  ['pg/lib/client.js', 'pg'],
  ['undici/lib/dispatcher/pool.js', 'undici'],
  ['ws/lib/receiver.js', 'ws-receiver'],
  ['ws/lib/sender.js', 'ws-sender'],
]);

const MODULES = `${path.sep}node_modules${path.sep}`;

// No module loader is hooked: whatever a service has loaded stands among the keys of this cache, CommonJS
// packages that ES modules import too. Methods are looked up when they are called, so it is not too late.
const loaded = require.cache;

let timer;
let looked = 0;
let done = new Set();

/** Begins to look for libraries; the first time soon. */
function start() {
  timer = setTimeout(look, SOON);
  timer.unref();
}

/** Watches the libraries that were loaded since the last call. Costs next to nothing where none was. */
function look() {
  const files = Object.keys(loaded);
  if (files.length === looked) return;
  looked = files.length;
  for (const file of files) {
    const library = WATCHED.get(inPackage(file));
    if (library === undefined || done.has(file)) continue;
    if (loaded[file].loaded) watch(file, library);
    else looked = 0; // still at its first lines; seen at the next look
  }
}

/** The path of a file below the nearest `node_modules`, with slashes. */
function inPackage(file) {
  const place = file.lastIndexOf(MODULES);
  if (place === -1) return undefined;
  const rest = file.slice(place + MODULES.length);
  return path.sep === '/' ? rest : rest.replaceAll(path.sep, '/');
}

function watch(file, library) {
  done.add(file);
  try {
    require(`./libraries/${library}`)(loaded[file].exports);
  } catch {
    // Another version than the ones that are known: it is left alone.
  }
}

/** Leaves the libraries as they were. */
function stop() {
  clearTimeout(timer);
  if (done.size > 0) require('./wrap').unwrapAll();
  done = new Set();
  looked = 0;
}

module.exports = { look, start, stop };
