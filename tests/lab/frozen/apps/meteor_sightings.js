'use strict';

// Sightings of meteors, reported by the public and kept in PostgreSQL. One is found by its number in no time; those
// that mention a word are found by reading all reports, as nothing indexes their text.

const { Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const ROWS = knob('reports', 640000);
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: knob('pool', 20) });
pool.on('error', () => {});

async function prepare() {
  await pool.query('DROP TABLE IF EXISTS meteor_sightings');
  await pool.query(`CREATE TABLE meteor_sightings AS
    SELECT id, id % 977 AS town, md5(id::text) || ' ' || md5((id * 3)::text) AS words
    FROM generate_series(1, ${ROWS}) AS id`);
  await pool.query('ALTER TABLE meteor_sightings ADD PRIMARY KEY (id)');
  await pool.query('VACUUM ANALYZE meteor_sightings');
}

const app = application();
app.get('/sightings/:id', async (request, response) => {
  const id = (Number(request.params.id) * 397) % ROWS;
  const { rows } = await pool.query('SELECT id, town, words FROM meteor_sightings WHERE id = $1', [id]);
  response.json(rows[0] ?? null);
});
app.get('/search/:word', async (request, response) => {
  const word = `%${Number(request.params.word) % 1000}ab%`;
  const { rows } = await pool.query('SELECT count(*) FROM meteor_sightings WHERE words LIKE $1', [word]);
  response.json({ found: Number(rows[0].count) });
});
prepare().then(() => listen(app));
