// Answers WebSocket upgrades and then keeps 2,000 of them open to itself, all idle.
const crypto = require('node:crypto');
const http = require('node:http');
const net = require('node:net');

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const server = http.createServer((request, response) => response.end('ok'));
server.on('upgrade', (request, socket) => {
  const accept = crypto.createHash('sha1').update(request.headers['sec-websocket-key'] + GUID).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
  socket.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => open(2000));

function open(left) {
  if (!left) return;
  const socket = net.connect(server.address().port, '127.0.0.1', () => {
    const lines = ['GET / HTTP/1.1', 'Host: here', 'Upgrade: websocket', 'Connection: Upgrade'];
    const key = crypto.randomBytes(16).toString('base64');
    socket.write([...lines, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13', '', ''].join('\r\n'));
  });
  socket.once('data', () => open(left - 1));
}
