'use strict';

// A recycling yard: what people bring is weighed, sorted and paid for.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const PRICES = { copper: 6.2, brass: 3.9, steel: 0.2, paper: 0.05, glass: 0.01 };
const KINDS = Object.keys(PRICES);
const takings = new Map(KINDS.map((kind) => [kind, 0]));

function bring(n) {
  spin(knob('sort_ms', 5));
  const kind = KINDS[n % KINDS.length];
  const kilos = 3 + (n % 40);
  takings.set(kind, takings.get(kind) + kilos);
  return { kind, kilos, pays: Math.round(kilos * PRICES[kind] * 100) / 100 };
}

http
  .createServer((request, response) => {
    const [, first, n] = request.url.split('/');
    response.setHeader('content-type', 'application/json');
    if (first === 'bring') return response.end(JSON.stringify(bring(Number(n))));
    if (first === 'takings') return response.end(JSON.stringify(Object.fromEntries(takings)));
    return response.end('"ok"');
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
