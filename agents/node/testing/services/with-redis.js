'use strict';

const { createClient } = require('redis');
const { serveActions, unhandled } = require('../actions');

const client = createClient({ socket: JSON.parse(process.argv[2]) });

const actions = {
  ready: async () => void (await client.connect()),
  set: () => client.set('key', 'value'),
  get: () => client.get('key'),
  raw: () => client.sendCommand(['GET', 'key']),
  pipeline: () => client.multi().set('other', 1).get('other').execAsPipeline(),
  transaction: () => client.multi().incr('other').exec(),
  blocking: () => client.blPop('nothing-comes', 0.05),
  failing: () => client.lPush('key', 'not a list'),
  failingTransaction: () => client.multi().addCommand(['NOSUCH']).exec(),
  unhandled: () =>
    unhandled(async () => {
      client.lPush('key', 'not a list');
      await client.get('key');
    }),
  nothing: () => client.sendCommand(),
};

serveActions(actions);
