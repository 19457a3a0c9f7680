'use strict';

const { MongoClient } = require('mongodb');
const { serveActions, shape, unhandled } = require('../actions');

const client = new MongoClient(`mongodb://127.0.0.1:${process.argv[2]}/`, { directConnection: true, maxPoolSize: 2 });
const things = client.db('test').collection('things');

const actions = {
  find: () => things.find().toArray(),
  insert: async () => (await things.insertOne({ one: 1 })).acknowledged,
  ping: () => client.db('test').command({ ping: 1 }),
  failing: () => client.db('test').command({ drop: 'nothing' }),
  unhandled: () =>
    unhandled(async () => {
      client.db('test').command({ drop: 'nothing' });
      await things.find().toArray();
    }),
  shapes: () => [
    shape(require('mongodb/lib/sdam/server').Server.prototype, 'command'),
    shape(require('mongodb/lib/cmap/connection_pool').ConnectionPool.prototype, 'checkOut'),
  ],
  slow: () => void things.find({}, { comment: 'slow' }).toArray(),
};

serveActions(actions);
