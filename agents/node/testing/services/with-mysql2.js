'use strict';

const mysql = require('mysql2');
const { described, seen, serveActions, shape } = require('../actions');

const place = JSON.parse(process.argv[2]);
const connection = mysql.createConnection(place);
const pool = mysql.createPool({ ...place, connectionLimit: 2 });
const promised = connection.promise();
const promisedPool = pool.promise();
const held = [];

const withCallback = (method, text, values) =>
  new Promise((resolve) => {
    connection[method](text, values, function (...answer) {
      resolve(seen(this, ...answer));
    });
  });

/** A query without a callback, with everything that its listeners were told. */
const withEvents = (source, text) =>
  new Promise((resolve) => {
    const events = [];
    const query = source.query(text);
    query.on('result', (row) => events.push(row));
    query.on('error', (error) => events.push(error.code));
    query.on('end', () => resolve([...events, query.listenerCount('end'), query.listenerCount('error')]));
  });

/** What nobody listens for is thrown, and ends a service. */
const withoutListener = () =>
  new Promise((resolve) => {
    process.once('uncaughtException', (error) => resolve(described(error)));
    connection.query('SELECT nothing');
  });

const actions = {
  query: async () => (await promised.query('SELECT 1 AS one'))[0],
  execute: async () => (await promised.execute('SELECT ? AS one', [7]))[0],
  callback: () => withCallback('query', 'SELECT ? AS one', [7]),
  executeCallback: () => withCallback('execute', 'SELECT ? AS one', [7]),
  events: () => withEvents(connection, 'SELECT 1 AS one'),
  pooled: async () => (await promisedPool.query('SELECT 1 AS one'))[0],
  pooledExecute: async () => (await promisedPool.execute('SELECT ? AS one', [7]))[0],
  pooledEvents: () => withEvents(pool, 'SELECT 1 AS one'),
  failing: () => promised.query('SELECT nothing'),
  failingExecute: () => promised.execute('SELECT nothing'),
  failingCallback: () => withCallback('query', 'SELECT nothing', []),
  failingEvents: () => withEvents(connection, 'SELECT nothing'),
  failingPooled: () => promisedPool.query('SELECT nothing'),
  withoutListener,
  shapes: () => [
    ...['query', 'execute'].map((name) => shape(Object.getPrototypeOf(mysql.Connection.prototype), name)),
    shape(Object.getPrototypeOf(Object.getPrototypeOf(pool)), 'getConnection'),
  ],
  hold: async () => held.push(await promisedPool.getConnection()),
  wait: () => void promisedPool.getConnection().then((waiting) => held.push(waiting)),
  release: () => held.splice(0).forEach((one) => one.release()),
};

serveActions(actions);
