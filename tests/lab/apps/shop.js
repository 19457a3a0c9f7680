'use strict';

// A service on PostgreSQL (`DATABASE_URL`) and Redis (`REDIS_URL`), with the faults that such services have.

const Redis = require('ioredis');
const { Pool } = require('pg');
const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { spin } = require('./lib/work');

const redis = process.env.REDIS_URL ? new Redis(process.env.REDIS_URL) : undefined;
// `flush_ms`: how long each flush of the log takes, as on a slow volume; one flush serves all who wait for it.
const flush = Math.round(knob('flush_ms', 0) * 1000);
const options = flush ? `-c commit_delay=${flush} -c commit_siblings=0` : undefined;
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: knob('pool', 10), options });
const known = new Map();
const ROWS = 200000;

async function prepare() {
  await pool.query('CREATE TABLE IF NOT EXISTS item (id bigint PRIMARY KEY, owner int, note text, stock int)');
  await pool.query('CREATE TABLE IF NOT EXISTS entry (id bigserial PRIMARY KEY, at timestamptz, owner int, note text)');
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM item');
  if (rows[0].n > 0) return;
  await pool.query(
    "INSERT INTO item SELECT n, n % 1000, md5(n::text) || md5((n + 1)::text), n % 50 FROM generate_series(1, $1) n",
    [ROWS],
  );
  await pool.query('ANALYZE item');
}

const app = application();
app.get('/item', async (request, response) => {
  spin(knob('cpu_ms', 0.5));
  const id = 1 + Math.floor(Math.random() * ROWS);
  const { rows } = await pool.query('SELECT * FROM item WHERE id = $1', [id]);
  response.json(rows[0]);
});
// A connection is held while nothing is done with it, as by a transaction that waits for another service.
app.get('/held', async (request, response) => {
  await pool.query('SELECT pg_sleep($1)', [knob('held_s', 0.05)]);
  response.send('done');
});
// No index serves it: the whole table is read, each time.
app.get('/owner', async (request, response) => {
  const owner = Math.floor(Math.random() * knob('owners', 1000));
  if (known.has(owner)) return response.json(known.get(owner));
  const { rows } = await pool.query('SELECT count(*), max(note) FROM item WHERE note ILIKE $1', [`%${owner}f%`]);
  if (knob('keeps', false)) known.set(owner, rows[0]);
  return response.json(rows[0]);
});
app.all('/entry', async (request, response) => {
  const note = 'x'.repeat(knob('bytes', 2000));
  await pool.query(
    "INSERT INTO entry (at, owner, note) SELECT now(), n, $1 FROM generate_series(1, $2) n",
    [note, knob('lines', 20)],
  );
  response.send('done');
});
app.get('/cached', async (request, response) => {
  const key = `item:${Math.floor(Math.random() * knob('keys', 500))}`;
  const kept = await redis.get(key);
  if (kept === null) await redis.set(key, 'x'.repeat(2000), 'EX', 300);
  spin(knob('cpu_ms', 0.5));
  response.send(kept ?? 'fresh');
});
prepare().then(() => listen(app));
