'use strict';

const http = require('node:http');
const { Server } = require('socket.io');

const server = http.createServer();
const io = new Server(server);
io.on('connection', (socket) => {
  socket.on('echo', (text, answer) => answer(text));
  socket.on('tell all', (text) => io.emit('told', text));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
