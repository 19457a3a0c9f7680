'use strict';

// Street lights report what they burn and what fails, and all of it is kept in PostgreSQL (`DATABASE_URL`).

const { randomBytes } = require('node:crypto');
const fastify = require('fastify')();
const { Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');

// `flush_ms`: how long a flush of the log takes on the volume that the database was given.
const flush = Math.round(knob('flush_ms', 0) * 1000);
const options = flush ? `-c commit_delay=${flush} -c commit_siblings=0` : undefined;
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: knob('pool', 10), options });

async function prepare() {
  await pool.query('DROP TABLE IF EXISTS lamp_event');
  await pool.query(
    'CREATE TABLE lamp_event (id bigserial PRIMARY KEY, lamp int, street int, at timestamptz, raw text)',
  );
  await pool.query('CREATE INDEX ON lamp_event (lamp, at)');
  await pool.query('CREATE INDEX ON lamp_event (street, at)');
}

function store(street, raw) {
  const rows = knob('rows', 20);
  return pool.query(
    'INSERT INTO lamp_event (lamp, street, at, raw) SELECT $1 * 100 + n, $1, now(), $2 FROM generate_series(1, $3) n',
    [street, raw, rows],
  );
}

fastify.get('/health', async () => 'ok');
fastify.post('/streets/:id/events', async (request, reply) => {
  await store(Number(request.params.id), randomBytes(knob('bytes', 400)).toString('base64'));
  return reply.code(202).send({ kept: true });
});
fastify.get('/streets/:id', async (request) => {
  const { rows } = await pool.query('SELECT lamp, at FROM lamp_event WHERE street = $1 ORDER BY at DESC LIMIT 5', [
    Number(request.params.id),
  ]);
  return rows;
});
prepare().then(() => fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' }));
