'use strict';

const { databases } = require('../calls');
const { attempt, shadow, watchCallback, wrap } = require('../wrap');

/**
 * MySQL and MariaDB: every query and execute, from the call to its answer; promises come through here too.
 * The channels that mysql2 publishes of late are not used: a subscriber makes it put promises and listeners
 * around queries without a callback, and the versions before it would need this anyway.
 */
module.exports = function watchConnection({ prototype }) {
  for (const method of ['query', 'execute']) {
    if (Object.hasOwn(prototype, method)) wrap(prototype, method, watched);
  }
};

function watched(original) {
  return function (command, ...rest) {
    const done = attempt(begin, this.config);
    const place = rest.findLastIndex((argument) => typeof argument === 'function');
    // What a pool hands on is a command already, with the callback on it.
    if (place !== -1) rest[place] = watchCallback(rest[place], done);
    else if (typeof command?.onResult === 'function') command.onResult = watchCallback(command.onResult, done);
    const result = Reflect.apply(original, this, [command, ...rest]);
    if (typeof result?.onResult !== 'function') attempt(watchEvents, result, done);
    return result;
  };
}

function begin({ host = 'localhost', port = 3306, socketPath }) {
  return (socketPath ? databases.to(socketPath, undefined, 'mysql') : databases.to(host, port, 'mysql')).begin();
}

// Seen as they pass: a listener for 'error' would keep an unhandled one from being thrown.
function watchEvents(command, done) {
  shadow(command, 'emit', (emit) => {
    return function (event, error) {
      if (event === 'error') attempt(done, error);
      if (event === 'end') attempt(done);
      return Reflect.apply(emit, this, arguments);
    };
  });
}
