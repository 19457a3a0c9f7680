'use strict';

const { now } = require('../calls');
const { pools } = require('../pools');
const { attempt, watchCallback, watchPromise, wrap } = require('../wrap');

// Where a pool connects to, once it has been seen: a pool without clients cannot tell.
const names = new WeakMap();

/** PostgreSQL's pool: what it holds, and how long `connect` (and so `query`) waits for a client. */
module.exports = function watchPool(Pool) {
  wrap(Pool.prototype, 'connect', (connect) => {
    return function (callback) {
      const done = attempt(begin, this);
      if (typeof callback === 'function') return Reflect.apply(connect, this, [watchCallback(callback, done)]);
      return watchPromise(Reflect.apply(connect, this, arguments), done);
    };
  });
};

function begin(pool) {
  pools.add(pool, read);
  const started = now();
  return () => pools.waited(nameOf(pool), (now() - started) / 1000);
}

function read(pool) {
  const { totalCount, idleCount: idle, waitingCount: pending } = pool;
  return [{ name: nameOf(pool), used: totalCount - idle, idle, pending, max: pool.options.max }];
}

function nameOf(pool) {
  const [client] = pool._clients;
  if (!names.has(pool) && client !== undefined) {
    names.set(pool, `postgresql ${client.host}:${client.port}/${client.database}`);
  }
  return names.get(pool);
}
