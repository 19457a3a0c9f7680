'use strict';

// Fastify with a few routes of different cost: lists are rendered in the service, pages are static text.

const fastify = require('fastify')();
const { knob } = require('./lib/knobs');
const { rest, spin } = require('./lib/work');

const page = `<html>${'<p>text</p>'.repeat(2000)}</html>`;

fastify.get('/health', async () => 'ok');
fastify.get('/work', async () => {
  spin(knob('cpu_ms', 5));
  return 'done';
});
fastify.get('/list/:page', async () => {
  spin(knob('list_ms', 2));
  return Array.from({ length: knob('rows', 200) }, (_, id) => ({ id, name: `customer ${id}` }));
});
fastify.get('/static', async (request, reply) => reply.type('text/html').send(page));
fastify.get('/wait', async () => {
  await rest(knob('wait_ms', 200));
  return 'done';
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
