'use strict';

// The log of a lighthouse: each ship that passes has a page of its own, a file that stays open, as more may be said of
// the ship, until the watch changes. Then all pages are bound, closed and put away.

const fs = require('node:fs');
const path = require('node:path');
const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const FOLDER = process.env.PAGES;
let pages = new Map(); // by ship: the handle of its page
let ships = 0;
let bound = 0;

async function arrive(response) {
  ships += 1;
  const name = `ship-${ships}`;
  const handle = await fs.promises.open(path.join(FOLDER, name), 'a');
  pages.set(name, handle);
  await handle.write(`${new Date().toISOString()} seen\n`);
  response.statusCode = 201;
  response.end(name);
}

async function remark(response, number) {
  const open = [...pages.values()];
  spin(knob('remark_ms', 0.5));
  if (open.length > 0) await open[number % open.length].write('bears north by east\n').catch(() => {});
  response.end('noted');
}

async function bind() {
  const done = pages;
  pages = new Map();
  for (const [name, handle] of done) {
    await handle.close();
    await fs.promises.unlink(path.join(FOLDER, name));
  }
  bound += 1;
}

setInterval(bind, knob('watch_s', 400) * 1000);

const server = http.createServer((request, response) => {
  const [, what, number] = request.url.split('/');
  if (what === 'ships') return arrive(response);
  if (what === 'remarks') return remark(response, Number(number));
  if (what !== 'book') response.statusCode = what === 'health' ? 200 : 404;
  return response.end(JSON.stringify({ ships, bound, open: pages.size }));
});
server.listen(Number(process.env.PORT), '127.0.0.1');
