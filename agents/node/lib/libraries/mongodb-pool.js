'use strict';

const { now } = require('../calls');
const { pools } = require('../pools');
const { attempt, watchPromise, wrap } = require('../wrap');

/** MongoDB's pool, one for each server: what it holds, and how long `checkOut` waits. */
module.exports = function watchPool({ ConnectionPool }) {
  wrap(ConnectionPool.prototype, 'checkOut', (checkOut) => {
    return function () {
      const done = attempt(begin, this);
      return watchPromise(Reflect.apply(checkOut, this, arguments), done);
    };
  });
};

function begin(pool) {
  pools.add(pool, read);
  const started = now();
  return () => pools.waited(nameOf(pool), (now() - started) / 1000);
}

function read(pool) {
  const { currentCheckedOutCount: used, availableConnectionCount: idle, waitQueueSize: pending } = pool;
  // A limit of 0 is none.
  return [{ name: nameOf(pool), used, idle, pending, max: pool.options.maxPoolSize || undefined }];
}

function nameOf(pool) {
  return `mongodb ${pool.address}`;
}
