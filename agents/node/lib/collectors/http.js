'use strict';

const diagnostics = require('node:diagnostics_channel');
const { performance } = require('node:perf_hooks');
const { ExponentialHistogram } = require('../histogram');
const { exponentialHistogram, upDownCounter } = require('../otlp');
const route = require('../route');

const STARTED = Symbol('scaling-advisor.started');
const OPEN = Symbol('scaling-advisor.open');

// As many names as the server keeps apart for one instance; what comes later counts together.
const MOST_ROUTES = 50;
const OTHER = 'other';

// The place of a request that was broken off, beside the status classes 1 to 5.
const ABORTED = 0;

/** Requests answered, by method, route and status class, and those in flight. Times in milliseconds. */
class HttpServer {
  constructor() {
    this.now = performance.now.bind(performance);
    this.active = 0;
    this.routes = new Map();
    this.listeners = {
      'http.server.request.start': harmless((message) => this.started(message)),
      'http.server.response.finish': harmless((message) => this.finished(message)),
    };
    for (const [name, listener] of Object.entries(this.listeners)) diagnostics.subscribe(name, listener);
    route.listen();
  }

  started({ response, socket }) {
    response[STARTED] = this.now();
    this.active++;
    // Only a connection that closes can break a request off, so one listener a connection is enough.
    const open = socket[OPEN];
    if (open !== undefined) {
      open.push(response);
      return;
    }
    socket[OPEN] = [response];
    socket.once('close', harmless(() => this.closed(socket)));
  }

  finished({ request, response, socket }) {
    const open = socket[OPEN];
    const index = open === undefined ? -1 : open.indexOf(response);
    if (index === -1) return;
    open.splice(index, 1);
    this.record(request, response, Math.min(5, Math.trunc(response.statusCode / 100)));
  }

  closed(socket) {
    for (const response of socket[OPEN].splice(0)) this.record(response.req, response, ABORTED);
  }

  record(request, response, outcome) {
    this.active--;
    this.timesOf(request.method, route.routeOf(request), outcome).record((this.now() - response[STARTED]) / 1000);
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

// An error in a channel's subscriber would end the service as an uncaught exception.
function harmless(listener) {
  return (message) => {
    try {
      listener(message);
    } catch {
      // One request less in the figures.
    }
  };
}

module.exports = () => new HttpServer();
