'use strict';

// `node crowd.js SCRIPT N`: the script as N workers of node:cluster, as its documentation says. Dead workers are replaced.

const cluster = require('node:cluster');

const [, , exec, count] = process.argv;
cluster.setupPrimary({ exec });
for (let number = 0; number < Number(count); number += 1) cluster.fork();
let leaving = false;
cluster.on('exit', () => leaving || setTimeout(() => leaving || cluster.fork(), 1000));
process.on('SIGTERM', () => {
  leaving = true;
  for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
  cluster.on('exit', () => Object.keys(cluster.workers).length === 0 && process.exit(0));
});
