'use strict';

// Works off a queue, and has an HTTP face that tells how far it is. A job is computed in slices between which the loop is free.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

const state = { done: 0, waiting: 0 };

function slice() {
  const text = JSON.stringify(Array.from({ length: 1500 }, (_, number) => ({ number, half: number / 2 })));
  return JSON.parse(text).length;
}

async function work(message) {
  const { items } = JSON.parse(message);
  for (let item = 0; item < items; item += 1) {
    slice();
    await new Promise(setImmediate);
  }
  state.done += 1;
}

/** What the broker hands out: now and then a message that is cut off, if the case has it so. */
function receive() {
  const good = JSON.stringify({ items: knob('items', 3) });
  return Math.random() < knob('cut_off', 0) ? good.slice(0, 5) : good;
}

async function consume() {
  await work(receive());
  setTimeout(consume, knob('every_ms', 500));
}

// Nobody catches what a cut-off message throws: the process ends, the broker hands the message out again.
consume();

http
  .createServer((request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(state)))
  .listen(Number(process.env.PORT), '127.0.0.1');
