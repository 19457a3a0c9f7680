'use strict';

// One process that is nearly full: every request computes for about 5 ms.

const { application, listen } = require('./lib/service');
const { Work } = require('./lib/work');

const work = new Work(5);

const app = application();
app.get('/checkout', (request, response) => response.send(`counted to ${work.run()}`));
listen(app, 'checkout');
