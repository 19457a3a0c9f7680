'use strict';

// Shared whiteboards for schools: pupils stay connected all lesson, and a stroke goes to the others of the same board.

const http = require('node:http');
const { WebSocketServer } = require('ws');

const BOARDS = 30;
const boards = Array.from({ length: BOARDS }, () => new Set());
let pupils = 0;

const server = http.createServer((request, response) => response.end(JSON.stringify({ boards: BOARDS })));
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  const board = boards[pupils++ % BOARDS];
  board.add(socket);
  socket.on('message', (stroke) => {
    for (const other of board) if (other !== socket) other.send(stroke);
  });
  socket.on('close', () => board.delete(socket));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  for (const socket of sockets.clients) socket.close(1001);
  server.close(() => process.exit(0));
});
