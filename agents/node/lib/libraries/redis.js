'use strict';

const { databases } = require('../calls');
const { isMeasured } = require('../redis-commands');
const { attempt, watchPromise, wrap } = require('../wrap');

/**
 * Redis and Valkey by @redis/client 5: every command, and a transaction or pipeline as one, from the call to
 * the answer. Its channels are not used: for a subscriber it writes all arguments out as text.
 */
module.exports = function watchClient({ default: RedisClient }) {
  const { prototype } = RedisClient;
  wrap(prototype, 'sendCommand', (sendCommand) => {
    return function (words) {
      const done = attempt(beginCommand, this, words);
      const result = Reflect.apply(sendCommand, this, arguments);
      return done === undefined ? result : watchPromise(result, done);
    };
  });
  for (const method of ['_executePipeline', '_executeMulti']) wrap(prototype, method, watchedBatch);
};

function watchedBatch(execute) {
  return function () {
    const done = attempt(begin, this.options);
    return watchPromise(Reflect.apply(execute, this, arguments), done);
  };
}

function beginCommand(client, words) {
  return isMeasured(words[0], words) ? begin(client.options) : undefined;
}

function begin({ socket = {} }) {
  const { host = 'localhost', port = 6379, path } = socket;
  return (path ? databases.to(path, undefined, 'redis') : databases.to(host, port, 'redis')).begin();
}
