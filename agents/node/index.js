'use strict';

// Loaded by `--require`: it starts by itself. A service that loads it by hand gets the same one.
module.exports = require('./lib/probe').load();
