'use strict';

const path = require('node:path');

// The same service twice: on its own and in a cluster of two.
const script = path.join(__dirname, 'clustered-by-pm2.js');
const own = process.env.NODE_ARGS ? { node_args: process.env.NODE_ARGS } : {};
module.exports = {
  apps: [
    { name: 'alone', script, exec_mode: 'fork', ...own },
    { name: 'many', script, exec_mode: 'cluster', instances: 2, ...own },
  ],
};
