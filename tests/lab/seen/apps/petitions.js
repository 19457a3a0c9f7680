'use strict';

// Petitions: signatures come in, wait in a file, and are confirmed some seconds later, a page of them at a time.

const fs = require('node:fs');
const path = require('node:path');
const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const file = path.resolve('waiting.json'); // in the case's own folder
const petitions = new Map();
let waiting = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];

const save = () => fs.writeFile(file, JSON.stringify(waiting.slice(-200)), () => {});

fastify.get('/petitions/:id', async (request) => {
  spin(0.5);
  return { id: request.params.id, signatures: petitions.get(request.params.id) ?? 0 };
});
fastify.post('/petitions/:id/sign', async (request, reply) => {
  const isAbroad = knob('abroad', false) && Math.random() < 0.4;
  waiting.push({ petition: request.params.id, at: isAbroad ? '31. 1. 2024 10:07' : new Date().toISOString() });
  save();
  return reply.code(202).send({ waiting: waiting.length });
});
fastify.get('/waiting', async () => ({ count: waiting.length }));

function confirm() {
  const page = waiting.slice(0, 50);
  for (const { petition, at } of page) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (day > '2000') petitions.set(petition, (petitions.get(petition) ?? 0) + 1);
  }
  waiting = waiting.slice(page.length);
  save();
}
setInterval(confirm, 6000);
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
