'use strict';

// Car wash: programs, their prices, and a code for the gate. A program that was withdrawn has no price any more.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const programs = new Map([
  [1, { name: 'rinse', cents: 590 }],
  [2, { name: 'foam', cents: 890 }],
  [3, { name: 'wax', cents: 1290 }],
]);
let sold = 0;

function send(response, body) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

/** A code for the gate, once the till has answered: by then nobody catches what is thrown. */
function sell(number, response) {
  setTimeout(() => {
    const { cents } = programs.get(number);
    sold += 1;
    send(response, { cents, code: String(10000 + ((sold * 7919) % 90000)) });
  }, knob('till_ms', 15));
}

const server = http.createServer((request, response) => {
  const [, kind, number] = request.url.split('/');
  if (kind === 'codes') return sell(Number(number), response);
  spin(knob('list_ms', 0.5));
  return send(response, [...programs.values()]);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
