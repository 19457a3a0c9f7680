'use strict';

// The studio's origin: an episode comes in chunks, at the speed at which it is listened to.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

const chunk = Buffer.alloc(4096, 7);

http
  .createServer((request, response) => {
    let left = knob('chunks', 8);
    response.write(chunk);
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return response.write(chunk);
      clearInterval(timer);
      return response.end(chunk);
    }, 1000);
    response.on('close', () => clearInterval(timer));
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
