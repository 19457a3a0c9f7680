'use strict';

const { databases } = require('../calls');
const { attempt, watchPromise, wrap } = require('../wrap');

/**
 * MongoDB 5 and later: every command that an operation sends, from the wish for a connection to the answer.
 * What the driver asks on its own (hello, authentication) does not come through here.
 */
module.exports = function watchServer({ Server }) {
  wrap(Server.prototype, 'command', (command) => {
    return function () {
      const done = attempt(begin, this.description.hostAddress);
      return watchPromise(Reflect.apply(command, this, arguments), done);
    };
  });
};

function begin({ host, port, socketPath }) {
  return databases.to(socketPath ?? host, port, 'mongodb').begin();
}
