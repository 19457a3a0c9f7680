'use strict';

// A process with little to do, and one request that stops all others for about 300 ms.

const { application, listen } = require('./lib/service');
const { Work } = require('./lib/work');

const work = new Work(300);

const app = application();
app.get('/reports', (request, response) => response.send('no report is waiting'));
app.get('/reports/export', (request, response) => response.send(`counted to ${work.run()}`));
listen(app, 'reports');
