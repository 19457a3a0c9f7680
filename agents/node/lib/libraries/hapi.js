'use strict';

const route = require('../route');
const { attempt, wrap } = require('../wrap');

const REQUEST = Symbol('scaling-advisor.hapi');

/** hapi: the pattern of the route, unless it is the one that stands for "nothing matched". */
module.exports = function watchRequest({ prototype }) {
  wrap(prototype, '_execute', (execute) => {
    return function () {
      attempt(remember, this);
      return Reflect.apply(execute, this, arguments);
    };
  });
  route.readBy((raw) => {
    const matched = raw[REQUEST]?.route;
    return matched === undefined || matched.method === '_special' ? undefined : matched.path;
  });
};

function remember(request) {
  request.raw.req[REQUEST] = request;
}
