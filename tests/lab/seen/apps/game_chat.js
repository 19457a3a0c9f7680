'use strict';

// A chat of a game: everybody who is in it is told twice a second who stands near, and what one says is answered.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const TICK = 500;
const server = http.createServer((request, response) => response.end('ok'));
const players = new WebSocketServer({ server, perMessageDeflate: false });

/** Looks at all other players, so a view costs the more the more of them are there. */
function view(count) {
  spin(knob('view_ms', 0.2) + count * knob('other_ms', 0.0012));
  return JSON.stringify({ near: Math.min(count, 8), of: count });
}

players.on('connection', (socket) => {
  const ticks = setInterval(() => socket.send(view(players.clients.size)), TICK);
  socket.on('message', () => socket.send('{"said":true}'));
  socket.on('close', () => clearInterval(ticks));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
