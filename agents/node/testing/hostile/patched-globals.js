'use strict';

// A service that replaces what everybody builds on, as some polyfills, mocks and test tools do.
const http = require('node:http');
const net = require('node:net');

for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearInterval', 'queueMicrotask']) {
  const real = globalThis[name];
  globalThis[name] = (...args) => (new Error().stack.includes('agents/node/lib') ? undefined : real(...args));
}
Date.now = () => NaN;
performance.now = () => NaN;
JSON.stringify = () => 'patched';
Math.max = () => NaN;
http.request = () => {
  throw new Error('no requests here');
};
net.connect = () => {
  throw new Error('no connections here');
};
Array.prototype.first = 'enumerable';
Object.prototype.everywhere = 'enumerable';
process.on('exit', (code) => console.log(`exit ${code}`));
require('node:timers').setTimeout(() => console.log('done'), 700);
