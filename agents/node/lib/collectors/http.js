'use strict';

const diagnostics = require('node:diagnostics_channel');
const { now } = require('../calls');
const { harmless } = require('../harmless');
const { ExponentialHistogram } = require('../histogram');
const { exponentialHistogram, upDownCounter } = require('../otlp');
const route = require('../route');

// On the socket, not on the response: Express gives a response another prototype, and a property of ours that is there
// before costs some 4 microseconds of a request.
const OPEN = Symbol('scaling-advisor.open');

// As many names as the server keeps apart for one instance; what comes later counts together.
const MOST_ROUTES = 50;
const OTHER = 'other';

// The place of a request that was broken off, beside the status classes 1 to 5.
const ABORTED = 0;

// Milliseconds after which a request is a stream or waits for news: a process that ends cannot wait for it.
const ENDLESS = 10_000;

// Seconds in which the loop may have stood still: somebody should look at once, not at the next export.
const SUSPICIOUS = 0.25;

/** Requests answered, by method, route and status class, and those in flight. Times in milliseconds. */
class HttpServer {
  /** @param {{suspect?: () => void}} probe */
  constructor(probe) {
    this.probe = probe;
    this.active = 0;
    // The newest of the exchanges that are open, which know those to either side: an array would cost their number.
    this.newest = null;
    probe.inFlight = harmless(() => this.inFlight());
    this.routes = new Map();
    this.listeners = {
      'http.server.request.start': harmless((message) => this.started(message)),
      'http.server.response.finish': harmless((message) => this.finished(message)),
    };
    for (const [name, listener] of Object.entries(this.listeners)) diagnostics.subscribe(name, listener);
    route.listen();
  }

  started({ response, socket }) {
    this.active++;
    const exchange = { response, started: now(), older: this.newest, newer: null };
    if (this.newest !== null) this.newest.newer = exchange;
    this.newest = exchange;
    // What a connection has open: one exchange, nothing (null), or many where its client does not wait.
    const open = socket[OPEN];
    // Only a connection that closes can break a request off, so one listener a connection is enough.
    if (open === undefined) socket.once('close', harmless(() => this.closed(socket)));
    socket[OPEN] = open ? [exchange].concat(open) : exchange;
  }

  finished({ request, response, socket }) {
    const open = socket[OPEN];
    let exchange = open;
    if (open?.response === response) socket[OPEN] = null;
    else exchange = takeFrom(open, response);
    if (exchange === undefined) return;
    this.record(request, exchange, Math.min(5, Math.trunc(response.statusCode / 100)));
  }

  closed(socket) {
    const open = socket[OPEN];
    socket[OPEN] = null;
    for (const exchange of open ? [open].flat() : []) this.record(exchange.response.req, exchange, ABORTED);
  }

  record(request, { started, older, newer }, outcome) {
    this.active--;
    if (older !== null) older.newer = newer;
    if (newer !== null) newer.older = older;
    else this.newest = older;
    const seconds = (now() - started) / 1000;
    this.timesOf(request.method, route.routeOf(request), outcome).record(seconds);
    if (seconds > SUSPICIOUS) this.probe.suspect?.();
  }

  timesOf(method, name, outcome) {
    const methods = this.routes.get(name) ?? this.admit(name);
    let outcomes = methods.get(method);
    if (outcomes === undefined) methods.set(method, (outcomes = []));
    return (outcomes[outcome] ??= new ExponentialHistogram());
  }

  admit(name) {
    const admitted = name === undefined || this.routes.size < MOST_ROUTES ? name : OTHER;
    let methods = this.routes.get(admitted);
    if (methods === undefined) this.routes.set(admitted, (methods = new Map()));
    return methods;
  }

  /** Requests that somebody still expects to be answered soon. */
  inFlight() {
    const since = now() - ENDLESS;
    let count = 0;
    for (let exchange = this.newest; exchange !== null && exchange.started > since; exchange = exchange.older) {
      if (!isStream(exchange.response)) count++;
    }
    return count;
  }

  collect() {
    return [
      exponentialHistogram('http.server.request.duration', 's', this.takePoints()),
      upDownCounter('http.server.active_requests', '{request}', this.active),
    ];
  }

  takePoints() {
    const points = [];
    for (const [name, methods] of this.routes) {
      for (const [method, outcomes] of methods) {
        outcomes.forEach((times, outcome) => {
          const point = times.take();
          if (point !== undefined) points.push({ attributes: attributesOf(method, name, outcome), ...point });
        });
      }
    }
    return points;
  }

  stop() {
    route.ignore();
    for (const [name, listener] of Object.entries(this.listeners)) diagnostics.unsubscribe(name, listener);
  }
}

function attributesOf(method, name, outcome) {
  const attributes = { 'http.request.method': method, 'http.route': name };
  if (outcome !== ABORTED) attributes['http.response.status_code'] = outcome * 100;
  if (outcome === ABORTED) attributes['error.type'] = 'aborted';
  if (outcome === 5) attributes['error.type'] = '500';
  return attributes;
}

/** Events that a server sends go on until one side leaves, and the browser comes back by itself. */
function isStream(response) {
  return String(response.getHeader?.('content-type')).startsWith('text/event-stream');
}

/** The exchange of a response among those that are open, which it then no longer is; undefined where there is none. */
function takeFrom(open, response) {
  const place = Array.isArray(open) ? open.findIndex((exchange) => exchange.response === response) : -1;
  return place === -1 ? undefined : open.splice(place, 1)[0];
}

module.exports = (probe = {}) => new HttpServer(probe);
