'use strict';

const { databases } = require('../calls');
const { attempt, shadow, watchCallback, watchPromise, wrap } = require('../wrap');

// What a query object of the service's own (a cursor, a stream) is told, and whether that is an error.
const ANSWERS = { handleReadyForQuery: false, handlePortalSuspended: false, handleError: true };

/** PostgreSQL: every query, pooled or not, from the call to its answer. A cursor counts up to its first rows. */
module.exports = function watchClient({ prototype }) {
  wrap(prototype, 'query', (query) => {
    return function (config, ...rest) {
      const done = attempt(begin, this);
      if (typeof config?.submit === 'function') attempt(watchSubmittable, config, done);
      const place = rest.findLastIndex((argument) => typeof argument === 'function');
      if (place !== -1) rest[place] = watchCallback(rest[place], done);
      const result = Reflect.apply(query, this, arguments.length === 0 ? [] : [config, ...rest]);
      return result === config ? result : watchPromise(result, done);
    };
  });
};

function begin({ host, port }) {
  return databases.to(host, port, 'postgresql').begin();
}

// Methods of its own, so that nothing is listened to: a listener would change how such an object behaves.
function watchSubmittable(query, done) {
  for (const [name, failed] of Object.entries(ANSWERS)) {
    shadow(query, name, (answer) => {
      return function () {
        attempt(done, failed);
        return Reflect.apply(answer, this, arguments);
      };
    });
  }
}
