'use strict';

const { now } = require('../calls');
const { pools } = require('../pools');
const { attempt, watchCallback, wrap } = require('../wrap');

// A pool asks itself again with the callback of one who waits; that is still the same wait.
const waiting = new WeakSet();

/** The pool of mysql2: what it holds, and how long `getConnection` (and so `query`) waits. */
module.exports = function watchPool({ prototype }) {
  if (!Object.hasOwn(prototype, 'getConnection')) return;
  wrap(prototype, 'getConnection', (getConnection) => {
    return function (callback, ...rest) {
      return Reflect.apply(getConnection, this, [attempt(watchWait, this, callback) ?? callback, ...rest]);
    };
  });
};

function watchWait(pool, callback) {
  if (typeof callback !== 'function' || waiting.has(callback)) return callback;
  pools.add(pool, read);
  const started = now();
  const watched = watchCallback(callback, () => pools.waited(nameOf(pool), (now() - started) / 1000));
  waiting.add(watched);
  return watched;
}

function read(pool) {
  const idle = pool._freeConnections.length;
  const used = pool._allConnections.length - idle;
  // A limit of 0 is none.
  const max = pool.config.connectionLimit || undefined;
  return [{ name: nameOf(pool), used, idle, pending: pool._connectionQueue.length, max }];
}

function nameOf({ config: { connectionConfig } }) {
  const { host = 'localhost', port = 3306, socketPath, database = '' } = connectionConfig;
  return `mysql ${socketPath || `${host}:${port}`}/${database}`;
}
