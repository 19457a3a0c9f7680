'use strict';

// Something that a service talks to: it answers after `wait_ms`, on average if `spread` is set, and takes only
// `places` requests at a time.

const http = require('node:http');
const { knob } = require('./lib/knobs');
const { random } = require('./lib/work');

let busy = 0;
const queue = [];

function serve(response) {
  busy += 1;
  const mean = knob('wait_ms', 20);
  setTimeout(
    () => {
      busy -= 1;
      response.statusCode = Math.random() < knob('failures', 0) ? 503 : 200;
      response.end('{"stock": 3}');
      if (queue.length > 0) serve(queue.shift());
    },
    knob('spread', false) ? random(mean) : mean,
  );
}

http
  .createServer((request, response) => {
    if (busy < knob('places', 10000)) serve(response);
    else queue.push(response);
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
