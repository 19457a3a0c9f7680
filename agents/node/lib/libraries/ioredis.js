'use strict';

const { databases } = require('../calls');
const { isMeasured } = require('../redis-commands');
const { attempt, wrap } = require('../wrap');

// Commands come through more than once: queued until the connection is there, sent again after it was lost.
const seen = new WeakSet();

/**
 * Redis and Valkey by ioredis: every command, those of pipelines and clusters too, from the call to its
 * answer. The channels of ioredis are not used: for a subscriber it writes all arguments out as text and
 * hides rejections that the service does not handle.
 */
module.exports = function watchRedis({ default: Redis }) {
  wrap(Redis.prototype, 'sendCommand', (sendCommand) => {
    return function (command) {
      attempt(watchCommand, this.options, command);
      return Reflect.apply(sendCommand, this, arguments);
    };
  });
};

function watchCommand(options, command) {
  if (seen.has(command) || !isMeasured(command.name, command.args)) return;
  seen.add(command);
  const done = destinationOf(options).begin();
  const { resolve, reject } = command;
  command.resolve = (value) => {
    attempt(done);
    resolve(value);
  };
  command.reject = (error) => {
    attempt(done, error ?? true);
    reject(error);
  };
}

/** Behind sentinels the server may change; then it is the name of the group. */
function destinationOf({ host, port, path, sentinels, name }) {
  if (path || sentinels) return databases.to(path || name, undefined, 'redis');
  return databases.to(host, port, 'redis');
}
