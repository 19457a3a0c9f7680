'use strict';

// Laser scans of a quarry's faces. All of them are held in memory, read one by one in the first seconds; then there is
// nothing more to read, and how high the rock stands is looked up at once.

const fastify = require('fastify');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const POINTS = 1_000_000;
const faces = [];

function scan(face) {
  const heights = new Float32Array(POINTS);
  for (let at = 0; at < POINTS; at += 1) heights[at] = face + (at % 1024) / 64;
  return heights;
}

const reading = setInterval(() => {
  if (faces.length >= knob('faces', 24)) return clearInterval(reading);
  return faces.push(scan(faces.length));
}, 100);

const app = fastify({ logger: false, keepAliveTimeout: 65_000 });
app.get('/health', async () => 'ok');
app.get('/faces', async () => ({ read: faces.length }));
app.get('/heights/:at', async (request) => {
  spin(knob('height_ms', 0.5));
  const at = (Number(request.params.at) * 7919) % POINTS;
  return faces.slice(0, 12).map((heights) => heights[at]);
});
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
