'use strict';

const { Redis } = require('ioredis');
const { seen, serveActions, shape, unhandled } = require('../actions');

const redis = new Redis(JSON.parse(process.argv[2]));
const idle = new Redis({ ...JSON.parse(process.argv[2]), lazyConnect: true });

const actions = {
  set: () => redis.set('key', 'value'),
  get: () => redis.get('key'),
  callback: () =>
    new Promise((resolve) => {
      redis.get('key', function (...answer) {
        resolve(seen(this, ...answer));
      });
    }),
  pipeline: () => redis.pipeline().set('other', 1).get('other').exec(),
  transaction: () => redis.multi().incr('other').exec(),
  queued: () => idle.get('key'), // before there is a connection
  blocking: () => redis.blpop('nothing-comes', 0.05),
  failing: () => redis.lpush('key', 'not a list'),
  failingPipeline: async () => (await redis.pipeline().lpush('key', 1).exec()).map(([error]) => error.message),
  unhandled: () =>
    unhandled(async () => {
      redis.lpush('key', 'not a list');
      await redis.get('key');
    }),
  shapes: () => shape(Redis.prototype, 'sendCommand'),
};

serveActions(actions);
