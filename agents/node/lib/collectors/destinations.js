'use strict';

const diagnostics = require('node:diagnostics_channel');
const { authority } = require('../authority');
const { databases, now, requests } = require('../calls');
const { harmless } = require('../harmless');
const libraries = require('../libraries');
const { exponentialHistogram, upDownCounter } = require('../otlp');
const { pools } = require('../pools');

const MADE = Symbol('scaling-advisor.made');
const CALL = Symbol('scaling-advisor.call');
const STATUS = Symbol('scaling-advisor.status');

// An answer that switches to another protocol is complete with its head.
const SWITCHING = 101;
const SERVER_FAULT = 500;

/**
 * Calls that the service makes: by HTTP through node:http (channels `http.client.*`) and through undici and
 * fetch (channels `undici:*`), and to databases, which the files of `libraries/` watch. A call lasts until
 * its answer has come whole.
 */
class Destinations {
  constructor() {
    this.listeners = {
      'http.client.request.created': harmless(({ request }) => (request[MADE] = now())),
      'http.client.request.start': harmless(({ request }) => started(request)),
      'http.client.request.error': harmless(({ request }) => neverStarted(request)),
      'undici:request:create': harmless(({ request }) => created(request)),
      'undici:request:headers': harmless(({ request, response }) => (request[STATUS] = response.statusCode)),
      'undici:request:trailers': harmless(({ request }) => finish(request, errorOf(request[STATUS], true))),
      'undici:request:error': harmless(({ request }) => finish(request, errorOf(request[STATUS], false))),
    };
    for (const [name, listener] of Object.entries(this.listeners)) diagnostics.subscribe(name, listener);
    libraries.start();
  }

  collect() {
    libraries.look();
    return [
      exponentialHistogram('http.client.request.duration', 's', requests.takePoints()),
      upDownCounter('http.client.active_requests', '{request}', requests.activePoints()),
      exponentialHistogram('db.client.operation.duration', 's', databases.takePoints()),
    ];
  }

  stop() {
    libraries.stop();
    for (const [name, listener] of Object.entries(this.listeners)) diagnostics.unsubscribe(name, listener);
  }
}

// It has a socket now. Node.js 20 does not tell earlier; since 22 the wait for a socket of the agent counts too.
function started(request) {
  if (request[CALL] !== undefined) return;
  begin(request, destinationOf(request), request[MADE]);
  // Always the last event of a request; one for 'error' would change what an unhandled one does.
  request.on('close', closed);
  if (Number.isFinite(request.agent?.maxSockets)) pools.add(request.agent, readAgent);
}

function closed() {
  const { res } = this;
  finish(this, errorOf(res?.statusCode, res?.complete || res?.statusCode === SWITCHING));
}

/** An error before there was a socket, the caller's own change of mind included. */
function neverStarted(request) {
  if (request[MADE] === undefined || request[CALL] !== undefined) return;
  begin(request, destinationOf(request), request[MADE]);
  finish(request, errorOf());
}

/** A request of undici; one that asks for another protocol has no end that is told. */
function created(request) {
  if (request.upgrade || request.method === 'CONNECT') return;
  begin(request, requests.to(...authority(String(request.origin))));
}

function begin(request, destination, made = now()) {
  request[MADE] = made;
  request[CALL] = destination;
  destination.active++;
}

function finish(request, error) {
  const destination = request[CALL];
  if (!destination) return;
  request[CALL] = null; // not undefined: it began once and will not again
  destination.active--;
  destination.record(request[MADE], error);
}

/** The `error.type` of an answer: broken off, missing, or a fault of the server; none where it is fine. */
function errorOf(status, complete) {
  if (status === undefined) return 'error';
  if (!complete) return 'aborted';
  return status >= SERVER_FAULT ? '500' : undefined;
}

// A request keeps the name of its host, but of its port only what stands in the Host header.
function destinationOf(request) {
  const [address, port] = authority(String(request.getHeader('host') ?? request.host), request.protocol);
  return request.socketPath ? requests.to(request.socketPath) : requests.to(request.host ?? address, port);
}

/** @param {import('node:http').Agent} agent it keeps its sockets by "host:port:..." */
function readAgent({ sockets, freeSockets, requests: waiting, maxSockets: max }) {
  const keys = new Set([sockets, freeSockets, waiting].flatMap(Object.keys));
  return Array.from(keys, (key) => {
    const [host, port] = key.split(':');
    const [used, idle, pending] = [sockets, freeSockets, waiting].map((list) => list[key]?.length ?? 0);
    return { name: `http ${host}:${port}`, used, idle, pending, max };
  });
}

module.exports = () => new Destinations();
