'use strict';

// What a fake-timer library does to the globals of a process under test.
globalThis.Date.now = () => 0;
globalThis.performance.now = () => 0;
globalThis.setInterval = () => 0;
globalThis.setImmediate = () => 0;
process.uptime = () => 0;
require('node:http').createServer().listen(0, '127.0.0.1', () => console.log(0));
