'use strict';

// The other end of mails: a session begins as an upgraded request, each line in it is answered with `250 ok`, and it
// stays open as long as the sender wants it to.

const http = require('node:http');

http
  .createServer((request, response) => response.end('ok'))
  .on('upgrade', (request, socket) => {
    socket.on('error', () => {}); // the sender went away
    socket.on('end', () => socket.end());
    socket.on('data', () => socket.write('250 ok\r\n'));
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: mail\r\n\r\n');
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
