'use strict';

const pg = require('pg');
const { seen, serveActions, shape, unhandled } = require('../actions');

const place = JSON.parse(process.argv[2]);
const client = new pg.Client(place);
const pool = new pg.Pool({ ...place, max: 2 });
const held = [];

const withCallback = (text, values) =>
  new Promise((resolve) => {
    client.query(text, values, function (...answer) {
      resolve(seen(this, ...answer));
    });
  });

/** A query of the service's own, as events and with everything that it was told. */
const withEvents = (text) =>
  new Promise((resolve) => {
    const events = [];
    const query = client.query(new pg.Query(text));
    query.on('row', (row) => events.push(row));
    query.on('error', (error) => resolve([...events, error.code]));
    query.on('end', () => resolve([...events, 'end', query.listenerCount('end'), Object.keys(query).toSorted()]));
  });

const actions = {
  ready: async () => void (await client.connect()),
  promise: async () => (await client.query('SELECT 1 AS one')).rows,
  values: async () => (await client.query({ text: 'SELECT $1::int AS one', values: [7] })).rows,
  callback: () => withCallback('SELECT $1::int', [7]),
  failing: () => client.query('SELECT nothing'),
  failingCallback: () => withCallback('SELECT nothing', []),
  events: () => withEvents('SELECT generate_series(1, 3) AS one'),
  failingEvents: () => withEvents('SELECT nothing'),
  pooled: async () => (await pool.query('SELECT $1::int AS one', [7])).rows,
  failingPooled: () => pool.query('SELECT nothing'),
  same: async () => (await client.query('SELECT nothing').catch((error) => [error.stack.includes('same'), error.code])),
  unhandled: () =>
    unhandled(async () => {
      client.query('SELECT nothing');
      await client.query('SELECT 1');
    }),
  nothing: () => client.query(),
  shapes: () => [shape(pg.Client.prototype, 'query'), shape(pg.Pool.prototype, 'connect')],
  hold: async () => held.push(await pool.connect()),
  wait: () => void pool.connect().then((waiting) => held.push(waiting)),
  release: () => held.splice(0).forEach((one) => one.release()),
};

serveActions(actions);
