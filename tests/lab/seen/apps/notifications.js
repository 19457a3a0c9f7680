'use strict';

// Long polling: a client asks, and is answered when there is news for it, or after five seconds that there is none.

const http = require('node:http');

const HOLD = 5000;

http
  .createServer((request, response) => {
    if (!request.url.startsWith('/poll')) return response.end('ok');
    const isNews = Math.random() < 0.3;
    const timer = setTimeout(() => response.end(isNews ? '{"news":1}' : '{}'), isNews ? Math.random() * HOLD : HOLD);
    return response.on('close', () => clearTimeout(timer));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
