'use strict';

const { exponentialHistogram, upDownCounter } = require('../otlp');
const { pools } = require('../pools');

const NAME = 'db.client.connection.pool.name';
const STATE = 'db.client.connection.state';

/** Pools of connections: in use and idle, the most they open, who waits for one and for how long. */
function connectionPools() {
  return {
    collect() {
      const all = [...pools.figures()];
      return [
        upDownCounter('db.client.connection.count', '{connection}', all.flatMap(states)),
        upDownCounter('db.client.connection.max', '{connection}', pointsOf(all, 'max')),
        upDownCounter('db.client.connection.pending_requests', '{request}', pointsOf(all, 'pending')),
        exponentialHistogram('db.client.connection.wait_time', 's', pools.takeWaits()),
      ];
    },
    stop() {},
  };
}

function pointsOf(all, figure) {
  const known = all.filter(([, figures]) => figures[figure] !== undefined);
  return known.map(([name, figures]) => ({ value: figures[figure], attributes: { [NAME]: name } }));
}

function states([name, { used, idle }]) {
  return [
    { value: used, attributes: { [NAME]: name, [STATE]: 'used' } },
    { value: idle, attributes: { [NAME]: name, [STATE]: 'idle' } },
  ];
}

module.exports = connectionPools;
