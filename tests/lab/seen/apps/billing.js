'use strict';

// Billing: account balances are read from memory; a yearly statement is laid out and compressed as a PDF's streams are.

const zlib = require('node:zlib');
const fastify = require('fastify')();
const { knob } = require('../../apps/lib/knobs');

const balances = new Map(Array.from({ length: 1000 }, (_, number) => [String(number), { open: number * 3, paid: number * 7 }]));

function lines(count) {
  const found = [];
  for (let number = 0; number < count; number += 1) {
    found.push(`BT /F1 9 Tf ${(number % 50) * 11} ${800 - (number % 70) * 11} Td (${number} ${Math.sqrt(number)}) Tj ET`);
  }
  return found.join('\n');
}

fastify.get('/accounts/:id', async (request) => balances.get(request.params.id) ?? { open: 0, paid: 0 });

fastify.get('/statements/:id', async (request, reply) => {
  const pdf = zlib.deflateSync(lines(knob('lines', 1000)), { level: 9 });
  return reply.type('application/pdf').send(pdf);
});

fastify.get('/health', async () => 'ok');
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
