'use strict';

// A soil laboratory: results are looked up, while a thread beside works out the maps of all fields anew.

const http = require('node:http');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

/** One field after another, with a breath between two. */
function krige() {
  const work = knob('field_ms', 0);
  if (work > 0) {
    spin(work);
    parentPort.postMessage({ phosphorus: Math.random() * 40 });
  }
  setTimeout(krige, work > 0 ? 25 : 200);
}

function serve() {
  const samples = Array.from({ length: 500 }, (_, id) => ({ id, ph: 5 + (id % 30) / 10, humus: (id % 9) / 2 }));
  let maps = 0;
  new Worker(__filename).on('message', () => (maps += 1));
  http
    .createServer((request, response) => {
      const [, first, id] = request.url.split('/');
      if (first === 'samples') spin(1);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(first === 'samples' ? samples[Number(id) % 500] : { maps }));
    })
    .listen(Number(process.env.PORT), '127.0.0.1');
}

if (isMainThread) serve();
else krige();
