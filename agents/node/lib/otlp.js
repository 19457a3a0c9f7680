'use strict';

// OTLP/JSON, opentelemetry-proto 1.x: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

const { name: SCOPE_NAME, version: SCOPE_VERSION } = require('../package.json');

const DELTA = 1;
const CUMULATIVE = 2;

/**
 * A metric on its way to the wire. A point is `{attributes?, value}` or, in a histogram,
 * `{attributes?, ...}` with the fields that the OTLP data point has.
 * @typedef {{name: string, unit: string, kind: string, points: object[]}} Metric
 */

/** A level, one value or several points. */
function gauge(name, unit, points) {
  return { name, unit, kind: 'gauge', points: asPoints(points) };
}

/** A level that is meant to be added up over its attributes. */
function upDownCounter(name, unit, points) {
  return { name, unit, kind: 'updowncounter', points: asPoints(points) };
}

/** An increase since the last export. */
function counter(name, unit, points) {
  return { name, unit, kind: 'counter', points: asPoints(points) };
}

/** Explicit buckets since the last export. */
function histogram(name, unit, points) {
  return { name, unit, kind: 'histogram', points };
}

/** Base-2 exponential buckets since the last export. */
function exponentialHistogram(name, unit, points) {
  return { name, unit, kind: 'exponentialHistogram', points };
}

function asPoints(points) {
  return typeof points === 'number' ? [{ value: points }] : points;
}

/**
 * One export: one resource, one time for all its points.
 * @param {Record<string, string | number | undefined>} resource
 * @param {Metric[]} metrics
 * @param {number} start Unix milliseconds of the previous export
 * @param {number} time Unix milliseconds of this one
 */
function exportOf(resource, metrics, start, time) {
  const stamps = { startTimeUnixNano: nanoseconds(start), timeUnixNano: nanoseconds(time) };
  const encoded = metrics.map((metric) => encodeMetric(metric, stamps)).filter(Boolean);
  const scope = { name: SCOPE_NAME, version: SCOPE_VERSION };
  return {
    resourceMetrics: [
      { resource: { attributes: attributesOf(resource) }, scopeMetrics: [{ scope, metrics: encoded }] },
    ],
  };
}

/**
 * Events as OTLP log records.
 * @param {Record<string, string | number | undefined>} resource
 * @param {{name: string, time: number, attributes: object}[]} events time in Unix milliseconds
 */
function eventsOf(resource, events) {
  const logRecords = events.map(({ name, time, attributes }) => ({
    timeUnixNano: nanoseconds(time),
    eventName: name,
    attributes: attributesOf(attributes),
  }));
  const scope = { name: SCOPE_NAME, version: SCOPE_VERSION };
  return {
    resourceLogs: [{ resource: { attributes: attributesOf(resource) }, scopeLogs: [{ scope, logRecords }] }],
  };
}

function encodeMetric({ name, unit, kind, points }, stamps) {
  const dataPoints = points.filter(isFinitePoint).map((point) => encodePoint(point, kind, stamps));
  if (dataPoints.length === 0) return undefined;
  return { name, unit, ...SHAPES[kind](dataPoints) };
}

const SHAPES = {
  gauge: (dataPoints) => ({ gauge: { dataPoints } }),
  updowncounter: (dataPoints) => ({
    sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: false },
  }),
  counter: (dataPoints) => ({ sum: { dataPoints, aggregationTemporality: DELTA, isMonotonic: true } }),
  histogram: (dataPoints) => ({ histogram: { dataPoints, aggregationTemporality: DELTA } }),
  exponentialHistogram: (dataPoints) => ({
    exponentialHistogram: { dataPoints, aggregationTemporality: DELTA },
  }),
};

function encodePoint({ attributes = {}, value, ...rest }, kind, { startTimeUnixNano, timeUnixNano }) {
  const point = { attributes: attributesOf(attributes), timeUnixNano, ...rest };
  if (kind !== 'gauge') point.startTimeUnixNano = startTimeUnixNano;
  if (value !== undefined) point.asDouble = value;
  return point;
}

// NaN and Infinity have no JSON; a receiver would see null.
function isFinitePoint(point) {
  return Object.values(point).every((value) => typeof value !== 'number' || Number.isFinite(value));
}

function attributesOf(values) {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && (typeof value !== 'number' || Number.isFinite(value)))
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value) {
  if (typeof value !== 'number') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
}

// Milliseconds times a million is beyond the integers a double holds, hence the text.
function nanoseconds(milliseconds) {
  return (BigInt(Math.round(milliseconds * 1000)) * 1000n).toString();
}

module.exports = { counter, eventsOf, exponentialHistogram, exportOf, gauge, histogram, upDownCounter };
