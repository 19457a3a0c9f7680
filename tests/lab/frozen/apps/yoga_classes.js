'use strict';

// Yoga classes at home: pupils keep a WebSocket open for the whole lesson, and are told when the posture changes.

const http = require('node:http');
const { WebSocketServer } = require('ws');
const { knob } = require('../../apps/lib/knobs');

const postures = ['tadasana', 'vrksasana', 'balasana', 'savasana', 'trikonasana'];
let step = 0;

const server = http.createServer((request, response) => response.end(JSON.stringify({ posture: postures[step % 5] })));
const pupils = new WebSocketServer({ server, path: '/class', perMessageDeflate: false });

pupils.on('connection', (socket) => {
  socket.lesson = { since: Date.now(), done: [] };
  socket.send(postures[step % 5]);
  socket.on('message', () => {
    if (socket.lesson.done.length < 20) socket.lesson.done.push(step);
  });
  socket.on('error', () => {});
});

/** A tenth of the pupils at a time, as the instructions are staggered by class. */
setInterval(() => {
  step += 1;
  let number = 0;
  for (const socket of pupils.clients) {
    if (number % 10 === step % 10) socket.send(postures[step % 5]);
    number += 1;
  }
}, knob('step_ms', 1500));

server.listen(Number(process.env.PORT), '127.0.0.1');
