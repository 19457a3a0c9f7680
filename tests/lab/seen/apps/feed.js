'use strict';

// Prices over WebSockets: at each tick every client gets the instruments of its own list, as JSON made for it alone.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { knob } = require('../../apps/lib/knobs');

const prices = new Float64Array(2000).fill(100);
const LOCALES = ['en', 'de', 'fr', 'ja'].map((locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 4 }));
let arrived = 0;

const server = http.createServer((request, response) => response.end('ok'));
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  arrived += 1;
  socket.first = (arrived * 37) % 1500;
  socket.locale = LOCALES[arrived % LOCALES.length];
  socket.on('error', () => {});
});

function quotes({ first, locale }) {
  const found = [];
  for (let index = 0; index < knob('instruments', 20); index += 1) {
    const price = prices[first + index];
    found.push({ instrument: `DE000${first + index}`, bid: locale.format(price), ask: locale.format(price * 1.001) });
  }
  return JSON.stringify({ at: Date.now(), quotes: found });
}

function tick() {
  for (let index = 0; index < prices.length; index += 1) prices[index] *= 1 + (Math.random() - 0.5) / 1000;
  for (const socket of sockets.clients) socket.send(quotes(socket));
}

setInterval(tick, 1000 / knob('ticks', 2));
server.listen(Number(process.env.PORT), '127.0.0.1');
