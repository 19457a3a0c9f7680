'use strict';

const { authority } = require('../authority');
const { pools } = require('../pools');
const { attempt, wrap } = require('../wrap');

/** Pools of undici that limit their connections; the requests themselves are told by its channels. */
module.exports = function watchPool({ prototype }) {
  wrap(prototype, 'dispatch', (dispatch) => {
    return function () {
      attempt(add, this);
      return Reflect.apply(dispatch, this, arguments);
    };
  });
};

function add(pool) {
  if (hidden(pool, 'connections')) pools.add(pool, read);
}

function read(pool) {
  const { connected, free, queued } = pool.stats;
  const [host, port] = authority(hidden(pool, 'url').origin);
  const max = hidden(pool, 'connections');
  return [{ name: `http ${host}:${port}`, used: connected - free, idle: free, pending: queued, max }];
}

// undici keeps both behind symbols that it does not export.
function hidden(pool, description) {
  const symbol = Object.getOwnPropertySymbols(pool).find((candidate) => candidate.description === description);
  return symbol && pool[symbol];
}
