'use strict';

// Memory, in the ways that services spend it. `/take` does what `habit` says with `kb` kilobytes, `most` times if it keeps.

const { EventEmitter } = require('node:events');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { spin } = require('./lib/work');

const MOST = knob('most', Infinity);
const kept = [];
const cache = new Map();
const bus = new EventEmitter();
bus.setMaxListeners(0);
let number = 0;

/** A record of about so many kilobytes in the JavaScript heap. */
function record(kilobytes) {
  return Array.from({ length: Math.round(kilobytes * 16) }, (_, i) => ({ i, at: number + i / 3 }));
}

const HABITS = {
  heap: (kb) => kept.push(record(kb)),
  buffers: (kb) => kept.length < MOST && kept.push(Buffer.alloc(kb * 1024, 1)),
  listeners: (kb) => {
    const data = record(kb);
    bus.on('change', () => data.length);
  },
  // A cache that keeps so many entries and no more: it fills, and then it stays.
  cache: (kb) => {
    cache.set(number % knob('entries', 500), record(kb));
  },
  // Garbage: made and dropped again. Some of it lives a while.
  garbage: (kb) => {
    kept.push(record(kb));
    if (kept.length > knob('alive', 50)) kept.splice(0, kept.length - knob('alive', 50));
  },
};

const app = application();
app.get('/take', (request, response) => {
  number += 1;
  HABITS[knob('habit', 'heap')](knob('kb', 50));
  spin(knob('cpu_ms', 0.5));
  response.send('done');
});
app.get('/light', (request, response) => response.send('done'));
listen(app);
