'use strict';

// One service in a process of its own: `node server.js APP`. It says when it listens, and what it used when asked.

const apps = require('./apps');

const HOST = '127.0.0.1';

const peer = process.env.BENCH_PEER ? require(`./peers/${process.env.BENCH_PEER}`) : undefined;
const app = apps[process.argv[2]](peer);

function tell(server) {
  process.send({ port: server.address().port });
}

if (app.server) app.listen({ port: 0, host: HOST }, () => tell(app.server));
else app.listen(0, HOST, () => tell(app));

// Microseconds of all threads of this process, and bytes.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send({ used: user + system, rss: process.memoryUsage.rss() });
});
process.on('disconnect', () => process.exit());
