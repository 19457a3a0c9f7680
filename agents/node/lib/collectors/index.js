'use strict';

// A collector is a function of the probe that starts measuring and returns `collect()`, the metrics since its
// last call, and `stop()`. One file each; a new one is one line here.
const COLLECTORS = [
  require('./destinations'),
  require('./errors'),
  require('./event-loop'),
  require('./gc'),
  require('./heap'),
  require('./http'),
  require('./pools'),
  require('./resources'),
  require('./threadpool'),
  require('./threads'),
  require('./websocket'),
];

/** Starts all of them; one that cannot run here (an old runtime, a permission) is left out. */
function startCollectors(probe) {
  return COLLECTORS.flatMap((start) => {
    try {
      return [start(probe)];
    } catch {
      return [];
    }
  });
}

module.exports = { startCollectors };
