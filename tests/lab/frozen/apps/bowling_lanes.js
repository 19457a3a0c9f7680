'use strict';

// Score boards of a bowling alley: throws come from the lanes, boards are looked at from the bar. Each throw keeps the
// board before it, so that the desk can undo it; those of games that are over are meant to go, but never do.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const LANES = 24;
const THROWS = 20;
const games = new Map(); // by lane
const undo = new Map(); // by game, then by throw
let played = 0;

function game(lane) {
  let found = games.get(lane);
  if (!found) {
    played += 1;
    found = { id: played, lane, throws: [], pins: [] };
    games.set(lane, found);
  }
  return found;
}

/** Where the camera saw the ball and the pins, as the board shows it. */
function track() {
  return Array.from({ length: 80 }, (_, at) => ({ at, x: Math.random(), y: at / 80 + Math.random() / 100 }));
}

function keep({ id, throws }, seen) {
  const key = String(id);
  if (!undo.has(key)) undo.set(key, []);
  undo.get(key).push({ throws: [...throws], seen });
}

function finish(lane) {
  const { id } = games.get(lane);
  games.delete(lane);
  undo.delete(id); // the key is text, the number is none of them
}

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.get('/health', (request, response) => response.send('ok'));
app.post('/lanes/:lane/throws', (request, response) => {
  const lane = Number(request.params.lane) % LANES;
  const current = game(lane);
  const seen = track();
  keep(current, seen);
  current.throws.push(Math.floor(Math.random() * 11));
  spin(knob('score_ms', 0.6));
  const total = current.throws.reduce((sum, pins) => sum + pins, 0);
  if (current.throws.length >= THROWS) finish(lane);
  response.status(201).json({ game: current.id, total });
});
app.get('/lanes/:lane/board', (request, response) => {
  const { id, throws } = game(Number(request.params.lane) % LANES);
  spin(knob('board_ms', 0.4));
  response.json({ game: id, throws });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
