'use strict';

// Drones send frames of a field; those of the `hold` last ones stay in memory until somebody looks at the survey.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const SIZE = 1024 * 1024;
const frames = [];
let number = 0;

/** A frame has its own place in memory, and the place of the oldest is used again once there are enough. */
function place() {
  number += 1;
  if (frames.length >= knob('hold', 40)) return frames[number % frames.length];
  const frame = Buffer.alloc(SIZE);
  frames.push(frame);
  return frame;
}

const app = application();
app.post('/frame/:drone', (request, response) => {
  place().fill(number % 256);
  request.resume();
  request.on('end', () => response.status(202).json({ held: frames.length }));
});
app.get('/survey', (request, response) => {
  response.json({ frames: frames.length, brightness: frames.reduce((sum, frame) => sum + frame[0], 0) });
});
listen(app);
