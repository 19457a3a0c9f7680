'use strict';

// A pool of worker threads, as a library such as piscina makes one: a task waits until a thread is free.

const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const work = require('./work');

let idle;
const waiting = [];

function start(threads) {
  idle = Array.from({ length: threads }, () => new Worker(__filename));
  for (const worker of idle) worker.unref();
}

function next() {
  if (idle.length === 0 || waiting.length === 0) return;
  const worker = idle.pop();
  const { name, argument, resolve } = waiting.shift();
  worker.once('message', () => {
    idle.push(worker);
    resolve();
    next();
  });
  worker.postMessage({ name, argument });
}

/** Runs a function of `work.js` in one of so many threads. */
function offload(threads, name, argument) {
  if (!idle) start(threads);
  return new Promise((resolve) => {
    waiting.push({ name, argument, resolve });
    next();
  });
}

if (!isMainThread && parentPort) {
  parentPort.on('message', ({ name, argument }) => {
    work[name](argument);
    parentPort.postMessage('done');
  });
}

module.exports = { offload };
