'use strict';

// The index of a natural history museum: specimens by a part of their names, as visitors type them.

const express = require('express');
const { Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: knob('pool', 10),
  connectionTimeoutMillis: 4000,
});

async function prepare() {
  await pool.query('CREATE TABLE IF NOT EXISTS specimen (id bigint PRIMARY KEY, name text, drawer int, found date)');
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM specimen');
  if (rows[0].n > 0) return;
  await pool.query(
    `INSERT INTO specimen
     SELECT n, md5(n::text) || ' ' || md5((n * 7)::text), n % 900, date '1890-01-01' + (n % 40000)::int
     FROM generate_series(1, 150000) n`,
  );
  await pool.query('ANALYZE specimen');
}

const app = express();
app.get('/specimens', async (request, response) => {
  const part = (Number(request.query.part) || 0).toString(16).padStart(3, '0');
  const { rows } = await pool.query(
    `SELECT drawer, count(*)::int AS n, min(name) AS first FROM specimen
     WHERE name ILIKE $1 GROUP BY drawer ORDER BY n DESC LIMIT 20`,
    [`%${part}%`],
  );
  response.json(rows);
});
app.get('/specimens/:id', async (request, response) => {
  const { rows } = await pool.query('SELECT * FROM specimen WHERE id = $1', [Number(request.params.id) + 1]);
  response.json(rows[0] ?? null);
});
app.use((error, request, response, next) => (response.headersSent ? next(error) : response.status(503).send('busy')));
let server;
prepare().then(() => {
  server = app.listen(Number(process.env.PORT), '127.0.0.1');
});
process.on('SIGTERM', () => (server ? server.close(() => process.exit(0)) : process.exit(0)));
