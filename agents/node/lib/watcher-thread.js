'use strict';

// Runs in a thread of its own, beside a loop that may stand still. It loads nothing of the service.

const { performance } = require('node:perf_hooks');
const { parentPort, workerData } = require('node:worker_threads');
const { attributesOf, blamed } = require('./place');
const { Stacks } = require('./stacks');

const { beats, beat, shared } = workerData;

// Milliseconds between two looks, and without a beat before the loop is taken to stand still.
const LOOK = 50;
const STILL = 200;

// Every block is an event to keep. The first ones are worth one a second, later ones one a minute; one that lasts this
// long is worth it at any time.
const FIRST = 10;
const SOON = 1000;
const LATER = 60_000;
const LONG = 1000;

// A block that goes on this long after it was named may never end: told from here, and again from time to time.
const UNENDING = 1000;
const TELL_AGAIN = 30_000;

const stacks = new Stacks(shared);
let count = beats.count;
let beatAt = performance.now();
let block;
let named = 0;
let nameNext = 0;

function look() {
  if (stacks.mustLeave()) return;
  const now = performance.now();
  const counted = beats.count;
  if (counted !== count) {
    if (block !== undefined) over(now);
    count = counted;
    beatAt = now;
    return;
  }
  if (block === undefined && now - beatAt > STILL) block = begin(now);
  if (block !== undefined) goesOn(now);
}

function begin(now) {
  // The last beat came up to a look before it was seen; the block began up to a beat after it.
  const began = beatAt - LOOK / 2 + beat / 2;
  return { began, count, start: Date.now() - (now - began), asked: false, isWaiting: false, isOver: false, tellAt: 0 };
}

function goesOn(now) {
  if (!block.asked && (now >= nameNext || now - block.began > LONG)) ask(block, now);
  if (block.frame === undefined || now < block.tellAt) return;
  block.tellAt = now + TELL_AGAIN;
  tell(block, now - block.began);
}

function ask(asking, now) {
  named++;
  nameNext = now + (named < FIRST ? SOON : LATER);
  asking.asked = asking.isWaiting = true;
  stacks.ask((frames, counted) => {
    asking.isWaiting = false;
    // After a beat it would be somebody else's stack.
    if (frames !== undefined && counted === asking.count) answered(asking, frames);
    if (asking.isOver) report(asking);
  });
}

function answered(asking, frames) {
  asking.frame = blamed(frames);
  asking.delay = performance.now() - asking.began;
  asking.tellAt = performance.now() + UNENDING;
}

/** Told from this thread, since the loop may never come to it. What is told once it has ended replaces this. */
function tell({ start, frame, delay }, duration) {
  // Loaded for the few blocks that need it.
  const { Sender } = require('./sender');
  const { Events } = require('./events');
  const settings = { endpoint: new URL(workerData.endpoint), token: workerData.token };
  const events = new Events(new Sender(settings, Date.now), () => workerData.resource, Date.now);
  const attributes = { 'advisor.duration': duration / 1000, 'advisor.cause': 'code', ...attributesOf(frame) };
  events.add('advisor.nodejs.eventloop.blocked', { ...attributes, 'advisor.attribution.delay': delay / 1000 }, start);
  events.flush();
}

function over(now) {
  const ended = block;
  block = undefined;
  ended.isOver = true;
  // What runs in native code answers when it returns: the loop may have beaten before the answer is here.
  if (!ended.isWaiting && (ended.asked || now - ended.began > LONG)) report(ended);
}

function report({ start, frame, delay }) {
  parentPort.postMessage({ block: { start, frame, delay } });
}

parentPort.on('message', () => {
  // Loaded for the few that ask.
  const start = Date.now();
  require('./sampling').sample(stacks, (functions) => {
    parentPort.postMessage({ profile: { start, duration: Date.now() - start, functions } });
  });
});

setInterval(look, LOOK);
