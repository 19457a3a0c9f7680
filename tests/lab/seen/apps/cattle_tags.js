'use strict';

// Cattle tags (PostgreSQL): where a tag was seen last, and herds that move, each animal in its own transaction.

const express = require('express');
const { Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');

// `flush_ms` is how long the volume of the database's log takes for a flush, which serves all who wait for it.
const flush = Math.round(knob('flush_ms', 25) * 1000);
const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: knob('pool', 16),
  options: `-c commit_delay=${flush} -c commit_siblings=0`,
});
let herds = 0;

async function prepare() {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS movement (
      id bigserial PRIMARY KEY, tag int NOT NULL, farm int NOT NULL, at timestamptz DEFAULT now(), papers text)`);
  await pool.query('CREATE INDEX IF NOT EXISTS movement_tag ON movement (tag, at)');
  await pool.query('CREATE INDEX IF NOT EXISTS movement_farm ON movement (farm, at)');
}

async function move(herd) {
  const papers = 'p'.repeat(knob('papers_bytes', 600));
  for (let animal = 0; animal < knob('animals', 2); animal += 1) {
    const tag = (herd * 100 + animal) % 200_000;
    await pool.query('INSERT INTO movement (tag, farm, papers) VALUES ($1, $2, $3)', [tag, herd % 900, papers]);
  }
}

const app = express();
app.use(express.json());

app.post('/herds/moves', async (request, response) => {
  herds += 1;
  await move(herds);
  response.status(201).json({ herd: herds });
});

app.get('/tags/:tag', async (request, response) => {
  const { rows } = await pool.query('SELECT farm, at FROM movement WHERE tag = $1 ORDER BY at DESC LIMIT 1', [
    Number(request.params.tag),
  ]);
  response.json(rows[0] ?? { farm: null });
});

prepare().then(() => app.listen(Number(process.env.PORT), '127.0.0.1'));
