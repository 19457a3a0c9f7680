'use strict';

// Answers take a while; at SIGTERM the service leaves at once (`graceful` false) or lets them finish.

const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { rest, spin } = require('./lib/work');

const app = application();
let leaves = false;
app.get('/order', async (request, response) => {
  spin(knob('cpu_ms', 1));
  await rest(knob('wait_ms', 300));
  if (leaves) response.set('connection', 'close');
  response.send('done');
});
const server = listen(app);
if (knob('graceful', false)) {
  process.on('SIGTERM', () => {
    leaves = true;
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
