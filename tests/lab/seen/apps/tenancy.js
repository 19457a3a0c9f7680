'use strict';

// An API of many tenants over PostgreSQL. Each tenant's report waits for the database a while, which computes little.

const { Pool } = require('pg');
const { application, listen } = require('../../apps/lib/service');

const database = process.env.DATABASE && new Pool({ connectionString: process.env.DATABASE, max: Number(process.env.CONNECTIONS) });
const QUERY = 'select $1::int as tenant, pg_sleep($2::float8)';

const app = application();
app.get('/tenants/:tenant/report', async (request, response) => {
  const { rows } = await database.query(QUERY, [Number(request.params.tenant), 0.08]);
  response.json({ tenant: rows[0].tenant });
});
listen(app);
