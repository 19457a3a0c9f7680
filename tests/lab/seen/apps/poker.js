'use strict';

// Poker tables: players keep a WebSocket open, say what they do, and see the standings of all tables.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const TABLES = 80;
const seats = new Map();
let standings = [];
let number = 0;

function act(socket, message) {
  const seat = seats.get(socket);
  seat.chips += (message.length % 9) - 4;
  seat.hands += 1;
  socket.send(JSON.stringify({ chips: seat.chips, hands: seat.hands }));
}

// Every player is compared with every other, all in one go.
function rank() {
  const work = knob('rank_ms', 10);
  if (work > 0) spin(work);
  standings = [...seats.values()].sort((a, b) => b.chips - a.chips).slice(0, 20);
}

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(request.url === '/standings' ? standings : { players: seats.size }));
});
const sockets = new WebSocketServer({ server, path: '/table', perMessageDeflate: false });
sockets.on('connection', (socket) => {
  number += 1;
  seats.set(socket, { player: number, table: number % TABLES, chips: 1000, hands: 0 });
  socket.on('message', (message) => act(socket, message));
  socket.on('close', () => seats.delete(socket));
  socket.on('error', () => socket.terminate());
});
setInterval(rank, 3000);
server.listen(Number(process.env.PORT), '127.0.0.1');
