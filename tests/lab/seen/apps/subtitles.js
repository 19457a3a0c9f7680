'use strict';

// Subtitles are aligned with the speech of a film in two threads, while editors read and mend them.

const http = require('node:http');
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

if (isMainThread) serve();
else {
  parentPort.on('message', (scene) => {
    spin(scene.ms);
    parentPort.postMessage({ id: scene.id, offset: (scene.id * 37) % 900 });
  });
}

function serve() {
  const done = new Map();
  const waiting = [];
  let number = 0;
  const idle = [new Worker(__filename), new Worker(__filename)];
  const next = () => {
    while (idle.length > 0 && waiting.length > 0) idle.pop().postMessage(waiting.shift());
  };
  for (const thread of idle) {
    thread.on('message', ({ id, offset }) => {
      done.set(id % 2000, offset);
      idle.push(thread);
      next();
    });
  }
  const server = http.createServer((request, response) => {
    if (request.method === 'POST') {
      if (waiting.length >= knob('places', 40)) return response.writeHead(429).end();
      waiting.push({ id: (number += 1), ms: knob('scene_ms', 300) });
      next();
      return response.writeHead(202).end(String(number));
    }
    spin(0.5);
    const scene = Number(request.url.split('/').pop()) || 0;
    return response.end(JSON.stringify({ scene, offset: done.get(scene) ?? null, waiting: waiting.length }));
  });
  server.listen(Number(process.env.PORT), '127.0.0.1');
}
