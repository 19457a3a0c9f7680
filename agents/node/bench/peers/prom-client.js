'use strict';

// prom-client with its default metrics and one histogram of the requests, as its documentation shows.

const client = require('prom-client');

client.collectDefaultMetrics();

const times = new client.Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of HTTP requests in seconds',
  labelNames: ['method', 'route', 'status'],
});

async function answer(response) {
  response.setHeader('Content-Type', client.register.contentType);
  response.end(await client.register.metrics());
}

function express(app) {
  app.use((request, response, next) => {
    const end = times.startTimer();
    response.on('finish', () => {
      end({ method: request.method, route: request.route?.path, status: response.statusCode });
    });
    next();
  });
  app.get('/metrics', (request, response) => answer(response));
}

function fastify(app) {
  const started = Symbol('started');
  app.decorateRequest(started, null);
  app.addHook('onRequest', (request, reply, done) => {
    request[started] = times.startTimer();
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    request[started]({ method: request.method, route: request.routeOptions.url, status: reply.statusCode });
    done();
  });
  app.get('/metrics', async (request, reply) => {
    reply.type(client.register.contentType);
    return client.register.metrics();
  });
}

module.exports = { answer, express, fastify };
