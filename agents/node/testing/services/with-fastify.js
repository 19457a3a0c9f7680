'use strict';

const fastify = require('fastify')();

fastify.get('/users/:id', async (request) => request.params);
fastify.listen({ port: 0, host: '127.0.0.1' }).then(() => console.log(fastify.server.address().port));
