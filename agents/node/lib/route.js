'use strict';

const diagnostics = require('node:diagnostics_channel');

// Where the name of a request's route is kept by the frameworks that announce it.
const ANNOUNCED = Symbol('scaling-advisor.route');
const FASTIFY_HANDLER = 'tracing:fastify.request.handler:start';

/**
 * The pattern that a framework matched the request to, never its path: a path has no end of values.
 * Express keeps it on the request; Fastify 5 announces it; anything else has none.
 * @returns {string | undefined}
 */
function routeOf(request) {
  const announced = request[ANNOUNCED];
  if (announced !== undefined) return announced;
  const matched = request.route?.path;
  if (matched === undefined) return undefined;
  const pattern = typeof matched === 'string' ? matched : String(matched);
  return request.baseUrl ? mountPattern(request.baseUrl) + pattern : pattern;
}

// Express keeps no pattern of where a router is mounted, only the path that matched. A part of it
// with a digit is taken for a parameter, unless it is a version such as v2.
function mountPattern(baseUrl) {
  return String(baseUrl).replace(/\/(?!v\d+(?:\/|$))[^/]*\d[^/]*/g, '/:id');
}

function onFastifyHandler(message) {
  const raw = message?.request?.raw;
  const url = message?.route?.url;
  if (raw && typeof url === 'string') raw[ANNOUNCED] = url;
}

function listen() {
  diagnostics.subscribe(FASTIFY_HANDLER, onFastifyHandler);
}

function ignore() {
  diagnostics.unsubscribe(FASTIFY_HANDLER, onFastifyHandler);
}

module.exports = { ignore, listen, routeOf };
