'use strict';

// A collector is a function that starts measuring and returns `collect()`, the metrics since its last
// call, and `stop()`. One file each; a new one is one line here.
const COLLECTORS = [
  require('./event-loop'),
  require('./gc'),
  require('./heap'),
  require('./http'),
  require('./resources'),
  require('./websocket'),
];

/** Starts all of them; one that cannot run here (an old runtime, a permission) is left out. */
function startCollectors() {
  return COLLECTORS.flatMap((start) => {
    try {
      return [start()];
    } catch {
      return [];
    }
  });
}

module.exports = { startCollectors };
