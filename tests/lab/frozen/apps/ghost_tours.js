'use strict';

// Guided walks through haunted houses, booked in PostgreSQL. Small queries serve the visitors; now and then the office
// has twelve seasons summed up, on a connection of its own, which takes its time and disturbs nobody.

const fastify = require('fastify');
const { Client, Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');

const connectionString = process.env.DATABASE_URL;
const pool = new Pool({ connectionString, max: 8 });
pool.on('error', () => {});
let last = null;

async function prepare() {
  await pool.query('DROP TABLE IF EXISTS ghost_tours');
  await pool.query(`CREATE TABLE ghost_tours AS
    SELECT id, id % 37 AS house, id % 366 AS day, (id * 13) % 20 + 1 AS people, md5(id::text) AS guest
    FROM generate_series(1, 250000) AS id`);
  await pool.query('ALTER TABLE ghost_tours ADD PRIMARY KEY (id)');
  await pool.query('CREATE INDEX ON ghost_tours (house, day)');
  await pool.query('VACUUM ANALYZE ghost_tours');
}

async function summary() {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query('SET max_parallel_workers_per_gather = 0');
  const { rows } = await client.query(`SELECT house, sum(people) AS people, max(md5(guest || season)) AS draw
    FROM ghost_tours CROSS JOIN generate_series(1, 12) AS season GROUP BY house ORDER BY house`);
  last = { at: Date.now(), houses: rows.length };
  await client.end();
}

const app = fastify({ logger: false, keepAliveTimeout: 65_000 });
app.get('/health', async () => 'ok');
app.get('/summary', async () => last);
app.get('/tours/:house', async (request) => {
  const house = Number(request.params.house) % 37;
  const text = 'SELECT id, people FROM ghost_tours WHERE house = $1 AND day = $2';
  return (await pool.query(text, [house, house * 7])).rows;
});
app.post('/tours/:id', async (request, reply) => {
  const id = 1 + Number(request.params.id);
  await pool.query('UPDATE ghost_tours SET people = 1 + people % 20 WHERE id = $1', [id]);
  reply.code(201);
  return { id };
});
prepare().then(async () => {
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
  setInterval(() => summary().catch(() => {}), knob('summary_s', 25) * 1000);
});
