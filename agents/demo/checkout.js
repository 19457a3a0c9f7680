'use strict';

// One process that is nearly full: every request computes for about 5 ms.

const { application, listen } = require('./lib/service');
const { countTo, countsPerMillisecond } = require('./lib/work');

const COUNT = Math.round(5 * countsPerMillisecond());

const app = application();
app.get('/checkout', (request, response) => response.send(`counted to ${countTo(COUNT)}`));
listen(app, 'checkout');
