'use strict';

// Every few milliseconds a little of everything that the probe sees, and whatever trouble it is asked for.

const http = require('node:http');
const { Worker } = require('node:worker_threads');
const express = require('express');
const { MongoClient } = require('mongodb');
const WebSocket = require('ws');

const things = new MongoClient(`mongodb://127.0.0.1:${process.argv[2]}/`, { directConnection: true, maxPoolSize: 2 })
  .db('test')
  .collection('things');
const app = express();
const server = http.createServer(app);
new WebSocket.Server({ server }).on('connection', (socket) => socket.on('message', (message) => socket.send(message)));

function count(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** As busy as can be for some seconds, but never long at a time. */
function keepBusy(seconds) {
  const end = performance.now() + seconds * 1000;
  const step = () => {
    count(30);
    if (performance.now() < end) setImmediate(step);
  };
  step();
}

app.get('/users/:id', (request, response) => response.send(request.params.id));
app.post('/users/:id', (request, response) => response.status(500).end());
app.get('/block', (request, response) => {
  count(1000);
  response.end();
});
app.get('/busy', (request, response) => {
  keepBusy(9);
  response.end();
});
app.get('/throw', (request, response) => {
  response.end();
  setImmediate(() => {
    throw new TypeError('for the test');
  });
});

async function work(client) {
  const url = `http://127.0.0.1:${server.address().port}/users/1`;
  await fetch(url, { method: 'POST' });
  await things.find().toArray();
  client.send('hello');
  gc();
  setTimeout(work, 20, client);
}

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  new Worker('setInterval(() => {}, 10)', { eval: true });
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  client.on('open', () => work(client));
  console.log(port);
});
