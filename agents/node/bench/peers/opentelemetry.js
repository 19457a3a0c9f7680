'use strict';

// OpenTelemetry's Node.js SDK with metrics only, loaded by `--require`; where to and how often is in its variables.

const { FastifyOtelInstrumentation } = require('@fastify/otel');
const { ExpressInstrumentation } = require('@opentelemetry/instrumentation-express');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { RuntimeNodeInstrumentation } = require('@opentelemetry/instrumentation-runtime-node');
const { NodeSDK } = require('@opentelemetry/sdk-node');

new NodeSDK({
  instrumentations: [
    new HttpInstrumentation(),
    new ExpressInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
    new RuntimeNodeInstrumentation(),
  ],
}).start();
