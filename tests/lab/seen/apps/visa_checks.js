'use strict';

// Checks of travellers before they board: three registers of the ministry are asked in turn.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');

const agent = new http.Agent({ keepAlive: true });
const REGISTERS = ['passports', 'permits', 'bans'];

function ask(register, traveller) {
  return new Promise((resolve, reject) => {
    http
      .get(`${process.env.MINISTRY_URL}/${register}?traveller=${traveller}`, { agent }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode === 200));
      })
      .on('error', reject);
  });
}

async function check(traveller) {
  for (const register of REGISTERS.slice(0, knob('registers', 3))) {
    if (!(await ask(register, traveller))) return { traveller, mayBoard: false, register };
  }
  return { traveller, mayBoard: true };
}

http
  .createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname !== '/check') return response.end('ok');
    return check(searchParams.get('traveller')).then(
      (result) => response.end(JSON.stringify(result)),
      () => response.writeHead(502).end(),
    );
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
