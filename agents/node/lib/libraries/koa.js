'use strict';

const route = require('../route');
const { attempt, wrap } = require('../wrap');

const CONTEXT = Symbol('scaling-advisor.koa');

/** Koa: the pattern that @koa/router (koa-router before it) leaves on the context. */
module.exports = function watchApplication({ prototype }) {
  wrap(prototype, 'createContext', (createContext) => {
    return function (request) {
      const context = Reflect.apply(createContext, this, arguments);
      attempt(remember, request, context);
      return context;
    };
  });
  route.readBy((request) => request[CONTEXT]?._matchedRoute);
};

function remember(request, context) {
  request[CONTEXT] = context;
}
