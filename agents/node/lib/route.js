'use strict';

const diagnostics = require('node:diagnostics_channel');

// Where the name of a request's route is kept by the frameworks that announce it.
const ANNOUNCED = Symbol('scaling-advisor.route');
const FASTIFY_HANDLER = 'tracing:fastify.request.handler:start';

// One for each framework that was found in the process.
let readers = [];

/**
 * The pattern that a framework matched the request to, never its path: a path has no end of values.
 * Express keeps it on the request; Fastify 5 announces it; others have a reader; anything else has none.
 * @returns {string | undefined}
 */
function routeOf(request) {
  // Express first: it gives each request a prototype of the service's own, where to find that something is not there
  // is dear.
  const matched = request.route?.path;
  if (matched !== undefined) return routeOfExpress(request, matched);
  const announced = request[ANNOUNCED];
  if (announced !== undefined) return announced;
  for (const read of readers) {
    const pattern = read(request);
    if (pattern !== undefined) return String(pattern);
  }
  return undefined;
}

function routeOfExpress(request, matched) {
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

/** @param {(request: object) => string | RegExp | undefined} reader finds the pattern of a request, or nothing */
function readBy(reader) {
  readers.push(reader);
}

function listen() {
  diagnostics.subscribe(FASTIFY_HANDLER, onFastifyHandler);
}

function ignore() {
  diagnostics.unsubscribe(FASTIFY_HANDLER, onFastifyHandler);
  readers = [];
}

module.exports = { ignore, listen, readBy, routeOf };
