'use strict';

// Blood donors: a donation is registered with the laboratory, which takes its time; donors are matched to hospitals.

const http = require('node:http');
const { knob } = require('../../apps/lib/knobs');
const { rest, spin } = require('../../apps/lib/work');

const GROUPS = ['0-', '0+', 'A-', 'A+', 'B-', 'B+', 'AB-', 'AB+'];
const stock = new Map(GROUPS.map((group) => [group, 100]));

async function donate(number) {
  const group = GROUPS[number % GROUPS.length];
  await rest(knob('laboratory_ms', 700));
  stock.set(group, stock.get(group) + 1);
  return { group, number };
}

function match() {
  const pairs = [];
  for (let hospital = 0; hospital < 100; hospital += 1) {
    spin(knob('hospital_ms', 4.5));
    pairs.push({ hospital, group: GROUPS[hospital % GROUPS.length], units: 1 + (hospital % 4) });
  }
  return pairs;
}

const server = http.createServer(async (request, response) => {
  const [, kind, number] = request.url.split('/');
  response.setHeader('content-type', 'application/json');
  if (kind === 'donations') return response.writeHead(201).end(JSON.stringify(await donate(Number(number))));
  if (kind === 'matches') return response.end(JSON.stringify(match()));
  return response.end(JSON.stringify([...stock]));
});
process.on('SIGTERM', () => {
  console.log(JSON.stringify([...stock]));
  process.exit(0);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
