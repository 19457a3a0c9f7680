'use strict';

const path = require('node:path');

const PROBE = path.resolve(__dirname, '..');
const OPENTELEMETRY = path.join(__dirname, 'peers', 'opentelemetry.js');

/**
 * How a service is measured: what Node.js is told, and what the environment says.
 * @typedef {{args: string[], env: (sink: string, seconds: number) => object, scraped?: boolean, path?: string}} Variant
 * `path`: where it sends its figures; `scraped`: it is asked for them instead.
 */

/** @type {Variant} */
const bare = { args: [], env: () => ({}) };

/** @type {Record<string, Variant>} The two bare ones are the same; how far they differ is the noise. */
const VARIANTS = {
  bareA: bare,
  bareB: bare,
  ours: { args: ['--require', PROBE], env: ours, path: '/v1/metrics' },
  armed: {
    args: ['--require', PROBE],
    env: (sink, seconds) => ({ ...ours(sink, seconds), ADVISOR_PROBE_WATCH: 'always' }),
  },
  'prom-client': { args: [], env: () => ({ BENCH_PEER: 'prom-client' }), scraped: true },
  opentelemetry: { args: ['--require', OPENTELEMETRY], env: opentelemetry, path: '/opentelemetry/v1/metrics' },
};

function ours(sink, seconds) {
  return { ADVISOR_PROBE_ENDPOINT: `${sink}/v1/metrics`, ADVISOR_PROBE_INTERVAL: String(seconds) };
}

function opentelemetry(sink, seconds) {
  return {
    OTEL_SERVICE_NAME: 'bench',
    OTEL_EXPORTER_OTLP_ENDPOINT: `${sink}/opentelemetry`,
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_METRIC_EXPORT_INTERVAL: String(seconds * 1000),
  };
}

module.exports = { VARIANTS };
