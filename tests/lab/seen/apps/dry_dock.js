'use strict';

// A dry dock: the yard's screens ask what the pumps and gates do, and are answered when something has changed.

const express = require('express');
const { EventEmitter, once } = require('node:events');
const { spin } = require('../../apps/lib/work');

const docks = Array.from({ length: 6 }, (_, id) => ({ id, level: 9.5, gate: 'shut', version: 0 }));
const bus = new EventEmitter();
bus.setMaxListeners(0);

// A gauge now and then tells something new of one of the docks.
setInterval(() => {
  const dock = docks[Math.floor(Math.random() * docks.length)];
  dock.version += 1;
  dock.level = 2 + Math.random() * 8;
  bus.emit(`dock${dock.id}`);
}, 1500);

async function changed(id) {
  try {
    await once(bus, `dock${id}`, { signal: AbortSignal.timeout(20000) });
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
}

const app = express();
app.get('/health', (request, response) => response.send('ok'));
app.get('/docks', (request, response) => response.json(docks));
app.get('/docks/:id/next', async (request, response) => {
  const id = Number(request.params.id) % docks.length;
  await changed(id);
  spin(0.3);
  response.json(docks[id]);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
