'use strict';

// Displays in the lifts and corridors of an office park: they stay connected all day and seldom show something.

const http = require('node:http');
const { Server } = require('socket.io');
const { knob } = require('../../apps/lib/knobs');

const notices = ['Lift 3 is being serviced.', 'Fire drill on Thursday.', 'The car park closes at ten.'];
let shown = 0;

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ notice: notices[shown % notices.length], shown }));
});
const io = new Server(server, { transports: ['websocket'], pingInterval: 3600e3, connectTimeout: 3600e3 });
const displays = new Set();
io.engine.on('connection', (display) => {
  displays.add(display);
  display.on('close', () => displays.delete(display));
});
setInterval(() => {
  shown += 1;
  for (const display of displays) display.write(notices[shown % notices.length]);
}, knob('show_ms', 20000));
server.listen(Number(process.env.PORT), '127.0.0.1');
