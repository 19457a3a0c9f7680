'use strict';

const WebSocket = require('ws');

/** WebSocket clients that stay from phase to phase, as long as a flow asks for them (`Sockets` of case.py). */
class Crowd {
  constructor(targets) {
    this.targets = targets;
    this.open = [];
    this.coming = 0;
    this.counts = { opened: 0, failed: 0, received: 0, sent: 0, lost: 0 };
  }

  /** Moves to this many clients over so many seconds. */
  grow(flow, seconds) {
    this.flow = flow;
    this.talk();
    clearInterval(this.ramp);
    const missing = flow.count - this.open.length - this.coming;
    if (missing <= 0) return this.shrink(flow.count);
    const began = performance.now();
    const first = flow.count - missing;
    let asked = 0;
    this.ramp = setInterval(() => {
      const share = seconds > 0 ? (performance.now() - began) / 1000 / seconds : 1;
      const wanted = Math.min(missing, Math.ceil(missing * share));
      for (; asked < wanted; asked += 1) this.connect(first + asked);
      if (asked >= missing) clearInterval(this.ramp);
    }, 20);
  }

  connect(number) {
    const target = this.targets[number % this.targets.length].replace('http:', 'ws:');
    const socket = new WebSocket(`${target}${this.flow.path}`, { perMessageDeflate: false, handshakeTimeout: 10000 });
    this.coming += 1;
    let isComing = true;
    const arrive = () => {
      if (isComing) this.coming -= 1;
      isComing = false;
    };
    socket.on('open', () => {
      arrive();
      this.counts.opened += 1;
      this.open.push(socket);
    });
    socket.on('message', () => (this.counts.received += 1));
    socket.on('error', () => (this.counts.failed += 1));
    socket.on('close', () => {
      arrive();
      const index = this.open.indexOf(socket);
      if (index < 0) return;
      this.open.splice(index, 1);
      this.counts.lost += 1;
    });
  }

  /** Sends are spread evenly over the clients, ten times a second. */
  talk() {
    clearInterval(this.talking);
    const { sends, size } = this.flow;
    if (sends <= 0) return;
    const message = 'x'.repeat(size);
    let owed = 0;
    this.talking = setInterval(() => {
      owed += (this.open.length * sends) / 10;
      for (; owed >= 1; owed -= 1) {
        const socket = this.open[this.counts.sent % this.open.length];
        this.counts.sent += 1;
        socket.send(message);
      }
    }, 100);
  }

  shrink(count) {
    for (const socket of this.open.splice(count)) socket.close();
  }

  stop() {
    clearInterval(this.ramp);
    clearInterval(this.talking);
    for (const socket of this.open.splice(0)) socket.terminate();
  }

  summary() {
    return { ...this.counts, open: this.open.length };
  }
}

module.exports = { Crowd };
