'use strict';

// Washing machines in cellars: they report what they do, and people see which one is free.

const fastify = require('fastify')();
const { EventEmitter } = require('node:events');
const { spin } = require('../../apps/lib/work');

const machines = Array.from({ length: 200 }, (_, id) => ({ id, house: id % 25, state: 'free', left: 0 }));
const bus = new EventEmitter();

// Machines of the new make send no programme when their door is open.
bus.on('report', ({ id, programme }) => {
  const machine = machines[id % machines.length];
  machine.left = programme.minutes;
  machine.state = programme.minutes > 0 ? 'washing' : 'free';
});

fastify.get('/health', async () => 'ok');
fastify.get('/houses/:id', async (request) => {
  spin(1);
  return machines.filter(({ house }) => house === Number(request.params.id) % 25);
});
fastify.get('/report/:id', async (request) => {
  const programme = request.query.door === 'open' ? undefined : { minutes: Number(request.params.id) % 90 };
  setImmediate(() => bus.emit('report', { id: Number(request.params.id), programme }));
  return { heard: true };
});
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
