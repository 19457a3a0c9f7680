'use strict';

// A WebSocket server: answers each message (`echo`), tells it to everybody (`broadcast`), and keeps `kb` for each client.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { knob } = require('./lib/knobs');
const { spin } = require('./lib/work');

const server = http.createServer((request, response) => response.end('ok'));
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on('connection', (socket) => {
  const size = knob('kb', 0);
  if (size > 0) socket.state = Array.from({ length: size * 16 }, (_, i) => ({ i, at: i / 3 }));
  socket.on('message', (message) => {
    spin(knob('message_ms', 0.05));
    if (knob('mode', 'echo') === 'echo') socket.send(message);
    else for (const other of sockets.clients) other.send(message);
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
