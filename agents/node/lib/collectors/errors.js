'use strict';

const { counter } = require('../otlp');

/** Errors that nobody caught: thrown, or rejected without a handler. Each is told to the probe's `Ending`. */
function errors({ ending }) {
  let told = 0;
  return {
    collect() {
      const news = ending.unhandled - told;
      told = ending.unhandled;
      return [counter('advisor.nodejs.error.unhandled', '{error}', news)];
    },
    stop() {},
  };
}

module.exports = errors;
