'use strict';

const { performance } = require('node:perf_hooks');
const express = require('express');

/** An Express application with what both services have: a health check and the state of the loop. */
function application() {
  const app = express();
  app.disable('x-powered-by');
  app.get('/health', (request, response) => response.send('ok'));
  // Milliseconds since the process started; the load takes the difference of two readings.
  app.get('/__loop', (request, response) => {
    const { active, idle } = performance.eventLoopUtilization();
    response.json({ active, idle });
  });
  return app;
}

/** Listens on loopback at PORT and says so in one line; ends with one sentence where it cannot. */
function listen(app, name) {
  const port = Number(process.env.PORT);
  if (!(port > 0 && port < 65536)) fail(`${name}: set PORT to the port to listen on, for example PORT=3001.`);
  const server = app.listen(port, '127.0.0.1');
  server.on('listening', () => console.log(`${name} listens on http://127.0.0.1:${port}`));
  server.on('error', ({ code, message }) => {
    fail(code === 'EADDRINUSE' ? `${name}: port ${port} is taken; set PORT to another one.` : `${name}: ${message}`);
  });
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

module.exports = { application, listen };
