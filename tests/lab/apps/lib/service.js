'use strict';

const express = require('express');

/** An Express application with `/health`, and with `/metrics` where the case is about prom-client. */
function application() {
  const app = express();
  app.disable('x-powered-by');
  if (process.env.LAB_PAGE) page(app);
  app.get('/health', (request, response) => response.send('ok'));
  return app;
}

/** What prom-client's documentation says to do. */
function page(app) {
  const client = require('prom-client');
  client.collectDefaultMetrics();
  const duration = new client.Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of requests',
    labelNames: ['method', 'route', 'status_code'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  app.use((request, response, next) => {
    const end = duration.startTimer();
    response.on('finish', () => {
      end({ method: request.method, route: request.route?.path, status_code: response.statusCode });
    });
    next();
  });
  app.get('/metrics', async (request, response) => {
    response.set('Content-Type', client.register.contentType).end(await client.register.metrics());
  });
}

/** Listens at PORT on loopback; answers the server. */
function listen(app) {
  return app.listen(Number(process.env.PORT), '127.0.0.1');
}

module.exports = { application, listen };
