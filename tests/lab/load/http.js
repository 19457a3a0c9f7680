'use strict';

const http = require('node:http');
const { Arrivals } = require('./arrivals');
const { Tally } = require('./tally');

// More than this many unanswered requests would measure the load's own memory; those beyond are counted, not sent.
const MOST_IN_FLIGHT = 3000;

/** Close the connections that nobody uses; those on which an answer is awaited go once it has come. */
function leave(agent) {
  agent.keepAlive = false;
  for (const idle of Object.values(agent.freeSockets)) for (const socket of [...idle]) socket.destroy();
}

/** An open-loop flow of requests (`Http` of case.py). */
class HttpFlow {
  constructor(flow, targets, seconds) {
    const burst = flow.burst ?? undefined;
    this.flow = flow;
    this.targets = flow.copy === null ? targets : [targets[flow.copy]];
    this.arrivals = new Arrivals({ from: flow.rate, to: flow.until ?? flow.rate, seconds, burst });
    this.agents = this.connections();
    this.tally = new Tally();
    this.number = 0;
    this.inFlight = 0;
    this.payload = flow.body > 0 ? JSON.stringify({ text: 'x'.repeat(Math.max(0, flow.body - 11)) }) : undefined;
  }

  connections() {
    const { connections, fresh } = this.flow;
    if (fresh) return undefined;
    // In turn, as many clients would: with the newest first, one worker of a cluster gets nearly all.
    if (connections === null) return [new http.Agent({ keepAlive: true, scheduling: 'fifo' })];
    return Array.from({ length: connections }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }));
  }

  start() {
    this.began = performance.now();
    this.due = this.arrivals.next();
    this.wait();
  }

  wait() {
    if (this.due === Infinity) return;
    const late = (performance.now() - this.began) / 1000 - this.due;
    this.timer = setTimeout(() => this.fire(), Math.max(0, -late * 1000));
  }

  fire() {
    const now = (performance.now() - this.began) / 1000;
    while (this.due <= now) {
      this.send();
      this.due = this.arrivals.next();
    }
    this.wait();
  }

  agent() {
    if (this.agents === undefined) return false;
    const isHot = this.flow.skew > 0 && Math.random() < this.flow.skew;
    return this.agents[isHot ? 0 : this.number % this.agents.length];
  }

  send() {
    if (this.inFlight >= MOST_IN_FLIGHT) return this.tally.add('held');
    this.number += 1;
    const { path } = this.flow;
    const full = path.replace('{n}', String(this.number)).replace('{r}', String(Math.floor(Math.random() * 1000)));
    this.tally.add('sent');
    return this.ask(full, this.agent(), performance.now(), this.targets.length);
  }

  /** One attempt. A balancer goes on to the next copy where one takes no connections, and so does this. */
  ask(path, agent, began, tries) {
    const { method, timeout, aborts, patience } = this.flow;
    const headers = this.payload ? { 'content-type': 'application/json', 'content-length': this.payload.length } : {};
    const leaves = Math.random() < aborts;
    const target = this.targets[(this.number + tries) % this.targets.length];
    const request = http.request(`${target}${path}`, { method, agent, headers });
    const timer = setTimeout(() => request.destroy(), (leaves ? patience : timeout) * 1000);
    this.inFlight += 1;
    request.on('response', (response) => {
      response.on('error', () => {}); // told by the request
      response.resume();
      response.on('end', () => this.tally.answer(response.statusCode, performance.now() - began));
    });
    request.on('error', ({ code }) => {
      const nobody = code === 'ECONNREFUSED' || (code === 'ECONNRESET' && request.reusedSocket);
      if (nobody && tries > 1) this.ask(path, agent, began, tries - 1);
      else this.tally.add(leaves ? 'aborted' : 'broken');
    });
    request.on('close', () => {
      clearTimeout(timer);
      this.inFlight -= 1;
    });
    request.end(this.payload);
  }

  stop() {
    clearTimeout(this.timer);
    this.due = Infinity;
    for (const agent of this.agents ?? []) leave(agent);
    return this.tally.summary();
  }
}

module.exports = { HttpFlow };
