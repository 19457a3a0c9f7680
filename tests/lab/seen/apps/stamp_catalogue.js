'use strict';

// Stamp catalogue (PostgreSQL): a stamp by its number, and collectors' searches, which no index serves.

const fastify = require('fastify');
const { Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');

const STAMPS = 160_000;
const MOTIFS = ['king', 'eagle', 'bridge', 'steamer', 'comet', 'orchid', 'viaduct', 'post horn', 'pigeon', 'glacier'];
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: knob('pool', 16) });

const FILL = `
  INSERT INTO stamp
  SELECT n, 1840 + n % 180, 'series ' || n % 977, ($1::text[])[1 + n % 10] || ' ' || md5(n::text), n % 5000
  FROM generate_series(1, $2::int) n`;
const SEARCH = `
  SELECT issued, count(*)::int AS found, min(cents) AS cheapest FROM stamp
  WHERE motif ILIKE $1 AND cents > $2 GROUP BY issued ORDER BY found DESC LIMIT 10`;

async function prepare() {
  await pool.query(
    'CREATE TABLE IF NOT EXISTS stamp (id int PRIMARY KEY, issued int, series text, motif text, cents int)',
  );
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM stamp');
  if (rows[0].n > 0) return;
  await pool.query(FILL, [MOTIFS, STAMPS]);
  await pool.query('ANALYZE stamp');
}

const app = fastify();

app.get('/stamps/:id', async (request, reply) => {
  const { rows } = await pool.query('SELECT * FROM stamp WHERE id = $1', [1 + Number(request.params.id) * 150]);
  return rows[0] ?? reply.code(404).send({ error: 'unknown' });
});

app.get('/search', async (request) => {
  const number = Number(request.query.q ?? 0);
  const like = `%${MOTIFS[number % MOTIFS.length]}%${(number % 256).toString(16)}%`;
  const { rows } = await pool.query(SEARCH, [like, number]);
  return rows;
});

prepare().then(() => app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' }));
