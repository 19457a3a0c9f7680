'use strict';

// Samples of a hospital's laboratory in PostgreSQL (`DATABASE_URL`): fetched by number, and searched by what was noted.

const express = require('express');
const { Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: knob('pool', 20) });
const ROWS = 160000;

async function prepare() {
  await pool.query('CREATE TABLE IF NOT EXISTS sample (id bigint PRIMARY KEY, ward int, finding text, value real)');
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM sample');
  if (rows[0].n === 0) {
    await pool.query(
      'INSERT INTO sample SELECT n, n % 70, md5(n::text) || md5((n * 3)::text), n % 310 FROM generate_series(1, $1) n',
      [ROWS],
    );
  }
  await pool.query('ANALYZE sample');
}

const app = express();
app.get('/health', (request, response) => response.send('ok'));
app.get('/samples/:id', async (request, response) => {
  spin(0.3);
  const id = 1 + ((Number(request.params.id) * 137) % ROWS);
  const { rows } = await pool.query('SELECT * FROM sample WHERE id = $1', [id]);
  response.json(rows[0]);
});
// The findings have no index that a search within the text could use.
app.get('/findings/:n', async (request, response) => {
  const { rows } = await pool.query(
    'SELECT ward, count(*), avg(value) FROM sample WHERE finding ILIKE $1 GROUP BY ward',
    [`%${Number(request.params.n).toString(16)}a%`],
  );
  response.json(rows);
});
prepare().then(() => app.listen(Number(process.env.PORT), '127.0.0.1'));
