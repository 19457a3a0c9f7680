'use strict';

// Everything that a service can reach of Node.js is frozen after the probe was loaded.
for (const name of ['http', 'net', 'events', 'timers', 'diagnostics_channel', 'perf_hooks']) Object.freeze(require(`node:${name}`));
Object.freeze(process);
const http = require('node:http');
const server = http.createServer((request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, agent: false }, (response) => {
    response.resume().on('end', () => {
      console.log(response.statusCode);
      server.close();
    });
  });
});
