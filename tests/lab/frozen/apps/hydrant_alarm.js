'use strict';

// Pressure of a town's fire hydrants, as server-sent events: whoever looks at a street keeps a connection for as long
// as the page asks, and is told of each new reading.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

const viewers = new Set();
let reading = 0;

function watch(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(`data: ${reading}\n\n`);
  viewers.add(response);
  const timer = setTimeout(() => response.end('event: done\n\n'), knob('watch_s', 9) * 1000);
  response.on('close', () => {
    clearTimeout(timer);
    viewers.delete(response);
  });
}

setInterval(() => {
  reading += 1;
  const event = `data: ${JSON.stringify({ reading, bar: 4 + (reading % 7) / 10 })}\n\n`;
  for (const viewer of viewers) viewer.write(event);
}, 3000);

const server = http.createServer((request, response) => {
  const [, what] = request.url.split('/');
  if (what === 'streets') return watch(response);
  if (what === 'readings') return response.end(JSON.stringify({ reading, viewers: viewers.size }));
  response.statusCode = what === 'health' ? 200 : 404;
  return response.end();
});
server.listen(Number(process.env.PORT), '127.0.0.1');
