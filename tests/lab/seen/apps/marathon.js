'use strict';

// Where the runners are: spectators stay connected and are told, every few seconds, how the leading group does.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { knob } = require('../../apps/lib/knobs');

const runners = Array.from({ length: 800 }, (_, number) => ({ number, metres: 0 }));

const server = http.createServer((request, response) => {
  const [, kind, number] = request.url.split('/');
  if (kind === 'runners') return response.end(JSON.stringify(runners[Number(number) % runners.length]));
  return response.end('ok');
});
const live = new WebSocketServer({ server, path: '/live', perMessageDeflate: false });
live.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.send(JSON.stringify({ leading: 0, runners: runners.length }));
});
setInterval(() => {
  for (const runner of runners) runner.metres += 4 + (runner.number % 3);
}, 1000);
setInterval(() => {
  const text = JSON.stringify(runners.slice(0, 3));
  for (const socket of live.clients) socket.send(text);
}, knob('tell_ms', 8000));
server.listen(Number(process.env.PORT), '127.0.0.1');
