'use strict';

// Timesheets of building sites: a sheet has a line for each hour, and each line is written as it is read.

const fastify = require('fastify')();
const { Pool } = require('pg');
const { knob } = require('../../apps/lib/knobs');

// The volume of the log takes `flush_ms` for a flush; whoever waits at that moment is served by the same one.
const options = `-c commit_delay=${Math.round(knob('flush_ms', 20) * 1000)} -c commit_siblings=0`;
const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: knob('pool', 8),
  connectionTimeoutMillis: 4000,
  options,
});
const INSERT = 'INSERT INTO timesheet_line (worker, hour, site, note) VALUES ($1, $2, $3, $4)';

async function prepare() {
  await pool.query(
    'CREATE TABLE IF NOT EXISTS timesheet_line (id bigserial PRIMARY KEY, worker int, hour int, site text, note text)',
  );
  await pool.query('CREATE INDEX IF NOT EXISTS timesheet_line_worker ON timesheet_line (worker, hour)');
  await pool.query('TRUNCATE timesheet_line');
}

fastify.get('/', async () => 'timesheets');
fastify.post('/sheets/:worker', async (request) => {
  const worker = Number(request.params.worker) || 0;
  const client = await pool.connect();
  try {
    for (let hour = 0; hour < knob('hours', 10); hour += 1) {
      await client.query(INSERT, [worker, hour, `site ${worker % 40}`, 'concrete, scaffolding and a long break']);
    }
  } finally {
    client.release();
  }
  return { worker, hours: knob('hours', 10) };
});
prepare().then(() => fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' }));
process.on('SIGTERM', () => fastify.close().then(() => process.exit(0)));
