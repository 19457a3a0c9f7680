'use strict';

// Thermostats at home: each keeps a socket open, says how warm it is now and then, and hears of a change at once.

const http = require('node:http');
const { WebSocketServer } = require('ws');

let warmth = 20;
const server = http.createServer((request, response) => response.end(JSON.stringify({ warmth })));
const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 4096 });
sockets.on('connection', (socket) => {
  socket.on('message', (report) => {
    warmth += (report.length % 3) / 100 - 0.01;
    socket.send('{"target": 21}');
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  for (const socket of sockets.clients) socket.close(1001);
  server.close(() => process.exit(0));
});
