'use strict';

// Logins with a slow hash, computed by Node.js's own threads, and sessions that are checked quickly.

const crypto = require('node:crypto');
const fastify = require('fastify')();

const COST = Number(process.env.COST) || 16384;
const secret = crypto.randomBytes(32);

fastify.post('/login', (request, reply) => {
  crypto.scrypt('correct horse', 'battery staple', 32, { N: COST, r: 8, p: 1, maxmem: 256 * COST * 8 }, (error, key) => {
    if (error) return reply.code(500).send();
    return reply.send({ token: crypto.createHmac('sha256', secret).update(key).digest('hex') });
  });
});
fastify.get('/me', async () => ({ seal: crypto.createHmac('sha256', secret).update('me').digest('hex') }));
fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
