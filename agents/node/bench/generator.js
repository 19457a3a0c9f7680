'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');

/** The load's process, told what to do. One serves all runs, so that it is warm itself. */
class Generator {
  constructor() {
    this.child = fork(path.join(__dirname, 'load.js'));
  }

  connect(port, connections) {
    return this.ask('connect', port, connections);
  }

  /** Resolves when that many requests were answered. */
  run(port, requests) {
    return this.ask('run', port, requests);
  }

  disconnect(port) {
    return this.ask('close', port);
  }

  async ask(...message) {
    this.child.send(message);
    const stop = new AbortController();
    const ended = once(this.child, 'exit', stop).then(([code]) => {
      throw new Error(`The load ended with ${code}`);
    });
    await Promise.race([once(this.child, 'message', stop), ended]);
    ended.catch(() => {});
    stop.abort();
  }

  close() {
    this.child.disconnect();
  }
}

module.exports = { Generator };
