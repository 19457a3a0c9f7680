'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const http = require('node:http');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const { onServerCore } = require('./machine');
const { VARIANTS } = require('./variants');

const SCRIPT = path.join(__dirname, 'server.js');
const START_TIMEOUT = 60_000;

/** A server process of one variant, from its start to its end. */
class Service {
  /**
   * @param {string} variant a key of `VARIANTS`
   * @param {string[]} args of server.js, or of another script that is named first
   * @param {{sink: import('./sink').Sink, every: number}} options every how many seconds it is to export
   */
  constructor(variant, args, { sink, every, script = SCRIPT }) {
    this.variant = VARIANTS[variant];
    this.every = every;
    const [command, ...rest] = onServerCore([process.execPath, ...this.variant.args, script, ...args]);
    const env = { PATH: process.env.PATH, NODE_ENV: 'production', ...this.variant.env(sink.address, every) };
    this.started = performance.now();
    this.child = spawn(command, rest, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.pid = this.child.pid;
  }

  /** Starts one and waits until it listens; `startup` is how many milliseconds that took. */
  static async start(variant, args, options) {
    const service = new Service(variant, args, options);
    const { port } = await service.message();
    service.startup = performance.now() - service.started;
    service.port = port;
    if (service.variant.scraped) service.scraping = setInterval(() => service.scrape(), service.every * 1000);
    return service;
  }

  async message() {
    const signal = AbortSignal.timeout(START_TIMEOUT);
    const [message] = await once(this.child, 'message', { signal });
    return message;
  }

  /** @returns {Promise<{used: number, rss: number}>} microseconds of CPU since its start, bytes */
  async usage() {
    this.child.send('usage');
    return this.message();
  }

  /** What a Prometheus server does: asks for all figures, and returns them as text. */
  async scrape() {
    return (await this.get('/metrics')).text;
  }

  /** @returns {Promise<{status: number, text: string}>} */
  get(url) {
    return new Promise((resolve, reject) => {
      const request = http.get({ host: '127.0.0.1', port: this.port, path: url, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      request.on('error', reject);
    });
  }

  async stop() {
    clearInterval(this.scraping);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

module.exports = { Service };
