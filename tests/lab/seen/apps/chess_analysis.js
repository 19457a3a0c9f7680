'use strict';

// Chess: games are moved on by the loop at once, and looked at in depth by a thread of their own, whenever it has time.

const { Worker, isMainThread, parentPort } = require('node:worker_threads');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

function serve() {
  const express = require('express');
  const engine = new Worker(__filename);
  const evaluations = new Map();
  engine.on('message', ({ game, score }) => evaluations.set(game, score));

  const app = express();
  app.get('/games/:game/move', (request, response) => {
    const game = Number(request.params.game) % 100;
    spin(knob('move_ms', 0.6));
    response.json({ game, score: evaluations.get(game) ?? null });
  });
  app.get('/', (request, response) => response.send('chess'));
  const server = app.listen(Number(process.env.PORT), '127.0.0.1');
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
}

/** One game after another, with a pause between two, so that the thread never takes a whole processor. */
function analyse(game) {
  const began = performance.now();
  let score = 0;
  for (let n = 0; performance.now() - began < knob('depth_ms', 75); n += 1) score = (score * 31 + n) % 997;
  parentPort.postMessage({ game, score });
  setTimeout(analyse, knob('pause_ms', 25), (game + 1) % 100);
}

if (isMainThread) serve();
else analyse(0);
