'use strict';

const { gauge } = require('../otlp');

/** What keeps the loop alive: sockets, servers, timers, requests to the system. */
function resources() {
  return {
    collect() {
      const counts = new Map();
      for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
      const points = Array.from(counts, ([type, value]) => ({ value, attributes: { 'v8js.resource.type': type } }));
      return [gauge('v8js.resource.active', '{resource}', points)];
    },
    stop() {},
  };
}

module.exports = resources;
