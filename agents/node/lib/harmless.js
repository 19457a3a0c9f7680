'use strict';

/**
 * The same listener, but one that never throws: an error in a channel's subscriber would end the
 * service as an uncaught exception. What is lost is one event less in the figures.
 * @template T
 * @param {(message: any) => T} listener
 * @returns {(message: any) => T | undefined}
 */
function harmless(listener) {
  return (message) => {
    try {
      return listener(message);
    } catch {
      return undefined; // see above
    }
  };
}

module.exports = { harmless };
