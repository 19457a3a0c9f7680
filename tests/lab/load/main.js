'use strict';

// `node main.js PLAN REPORT`: puts the load of a case on its service, phase by phase. Both are files of JSON.

const fs = require('node:fs');
const { CannonFlow } = require('./cannon');
const { HttpFlow } = require('./http');
const { Crowd } = require('./sockets');

const [, , planFile, reportFile] = process.argv;
const { targets, phases } = JSON.parse(fs.readFileSync(planFile, 'utf8'));

const FLOWS = { http: HttpFlow, cannon: CannonFlow };
const crowds = new Map();
const report = [];
let running = [];

function begin({ seconds, flows }) {
  const wanted = flows.filter((flow) => flow.kind === 'sockets');
  for (const [path, crowd] of crowds) if (!wanted.some((flow) => flow.path === path)) crowd.stop();
  for (const flow of wanted) {
    if (!crowds.has(flow.path)) crowds.set(flow.path, new Crowd(targets));
    crowds.get(flow.path).grow(flow, flow.ramp);
  }
  running = flows
    .filter((flow) => flow.kind !== 'sockets')
    .map((flow) => new FLOWS[flow.kind](flow, targets, seconds));
  for (const flow of running) flow.start();
}

function end() {
  const sockets = [...crowds.values()].map((crowd) => crowd.summary());
  report.push([...running.map((flow) => flow.stop()), ...sockets]);
  fs.writeFileSync(reportFile, JSON.stringify(report));
}

function run(index) {
  if (index === phases.length) return process.exit(0);
  begin(phases[index]);
  setTimeout(() => {
    end();
    run(index + 1);
  }, phases[index].seconds * 1000);
}

process.on('SIGTERM', () => {
  end();
  process.exit(0);
});
run(0);
