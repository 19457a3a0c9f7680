'use strict';

// How to cut logs with the least waste. A thread of its own goes on looking for better plans all day, as it is meant
// to; the sawyers are told the best plan so far by a loop that has nothing else to do.

const http = require('node:http');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');
const { spin, rest } = require('../../apps/lib/work');

async function seek() {
  let waste = 0.3;
  for (let round = 0; ; round += 1) {
    spin(knob('round_ms', 90));
    waste = 0.1 + (waste - 0.1) * 0.999;
    parentPort.postMessage({ round, waste });
    await rest(knob('pause_ms', 8));
  }
}

function serve() {
  let best = { round: 0, waste: 1 };
  const orders = new Map();
  new Worker(__filename).on('message', (plan) => {
    best = plan;
  });
  const server = http.createServer((request, response) => {
    const [, what, number] = request.url.split('/');
    if (what === 'plans') {
      spin(knob('plan_ms', 0.5));
      return response.end(JSON.stringify({ log: Number(number), ...best }));
    }
    if (what === 'orders') {
      orders.set(Number(number) % 300, best.round);
      response.statusCode = 201;
      return response.end('cut');
    }
    response.statusCode = what === 'health' ? 200 : 404;
    return response.end();
  });
  server.keepAliveTimeout = 65_000;
  server.listen(Number(process.env.PORT), '127.0.0.1');
}

if (isMainThread) serve();
else seek();
