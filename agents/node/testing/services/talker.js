'use strict';

const WebSocket = require('ws');
const { serveActions } = require('../actions');

/** As a client: says hello, and returns what comes back. */
const talk = () =>
  new Promise((resolve) => {
    const client = new WebSocket(process.argv[2]);
    client.on('open', () => client.send('hello'));
    client.on('message', (message) => {
      client.close();
      resolve(String(message));
    });
  });

serveActions({ talk });
