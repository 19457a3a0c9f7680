'use strict';

// Notices of a funeral director's newspaper page, searched in memory. With the archive switched on, those of past
// decades are loaded once and held as well; nothing is added after that.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const LOT = 300;
let notices = [];
let made = 0;

function notice(id) {
  const words = Array.from({ length: 12 }, (_, at) => ({ at, word: `w${(id * 31 + at * 17) % 5003}` }));
  return { id, year: 1920 + (id % 105), words };
}

/** A lot at a time, so that readers need not wait for the whole. */
function load() {
  const wanted = knob('notices', 20000);
  for (let n = 0; n < LOT && notices.length < wanted; n += 1) {
    made += 1;
    notices.push(notice(made));
  }
  if (notices.length > wanted) notices = notices.slice(-wanted);
}

function search(number) {
  spin(knob('search_ms', 0.5));
  const start = (number * 97) % Math.max(1, notices.length - 40);
  const lot = notices.slice(start, start + 40).filter(({ year }) => year % 2 === number % 2);
  return lot.map(({ id, year }) => ({ id, year }));
}

setInterval(load, 20);

const server = http.createServer((request, response) => {
  const [, what, number] = request.url.split('/');
  if (what === 'search') return response.end(JSON.stringify(search(Number(number))));
  if (what === 'count') return response.end(String(notices.length));
  response.statusCode = what === 'health' ? 200 : 404;
  return response.end();
});
server.listen(Number(process.env.PORT), '127.0.0.1');
