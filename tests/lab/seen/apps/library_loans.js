'use strict';

// Loans of public libraries: a loan is confirmed by the branch's desk, which takes a moment.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { rest } = require('../../apps/lib/work');

let isLeaving = false;

const app = express();
app.use((request, response, next) => {
  if (isLeaving) response.set('connection', 'close');
  next();
});
app.get('/loans/:book', async (request, response) => {
  await rest(knob('desk_ms', 300));
  if (isLeaving) response.set('connection', 'close');
  response.json({ book: request.params.book, weeks: 4 });
});
app.get('/', (request, response) => response.send('library'));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');

// For a while everybody who comes is told to come elsewhere next time; then what is under way is finished.
process.on('SIGTERM', async () => {
  isLeaving = true;
  await rest(1500);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
