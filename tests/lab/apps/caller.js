'use strict';

// A service that asks another one (`UPSTREAM`) for each request, over `sockets` connections at most.

const http = require('node:http');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { spin } = require('./lib/work');

const agent = new http.Agent({ keepAlive: true, maxSockets: knob('sockets', Infinity) || Infinity });

function ask() {
  return new Promise((resolve, reject) => {
    http
      .get(process.env.UPSTREAM, { agent }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode));
      })
      .on('error', reject);
  });
}

const app = application();
app.get('/order', async (request, response) => {
  spin(knob('cpu_ms', 1));
  let status = 200;
  for (let i = 0; i < knob('calls', 1); i += 1) status = await ask();
  response.status(status).send('done');
});
listen(app);
