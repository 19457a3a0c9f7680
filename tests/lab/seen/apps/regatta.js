'use strict';

// Regatta: spectators follow the boats over WebSockets, and the standings are computed anew every few seconds.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const boats = Array.from({ length: 60 }, (_, sail) => ({ sail, leg: 0, metres: sail * 11 }));
let standings = [];

/** Corrects every boat's time by its handicap, over the whole race, before the next message is read. */
function rank() {
  spin(knob('rank_ms', 2));
  for (const boat of boats) boat.metres += 20 + (boat.sail % 7);
  standings = [...boats].sort((a, b) => b.metres - a.metres).map(({ sail }) => sail);
  setTimeout(rank, knob('rank_every_ms', 8000));
}

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(standings.slice(0, 10)));
});
const spectators = new WebSocketServer({ server, perMessageDeflate: false });

spectators.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (message) => {
    const boat = boats[message.length % boats.length];
    socket.send(JSON.stringify({ boat, leader: standings[0] }));
  });
});

rank();
server.listen(Number(process.env.PORT), '127.0.0.1');
