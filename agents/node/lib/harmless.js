'use strict';

/**
 * The same listener, but one that never throws: an error in a channel's subscriber would end the
 * service as an uncaught exception. What is lost is one event less in the figures.
 * @param {(message: any) => void} listener
 */
function harmless(listener) {
  return (message) => {
    try {
      listener(message);
    } catch {
      // See above.
    }
  };
}

module.exports = { harmless };
