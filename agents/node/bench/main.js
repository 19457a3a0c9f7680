'use strict';

// What the probe costs a service, beside prom-client and OpenTelemetry in the same run. Ends with one JSON line a
// figure. `make bench-probe` runs all of it; QUICK=1 ROUNDS=3 for a short look, PARTS=idle,startup for some of it.

const fs = require('node:fs');
const { performance } = require('node:perf_hooks');
const { markdown } = require('./figures');
const machine = require('./machine');
const { readOptions } = require('./options');
const { Sink } = require('./sink');

async function main() {
  const options = readOptions(process.env, process.argv.slice(2));
  const heading = `${machine.describe()}${options.quick ? '; a quick look, which proves nothing' : ''}`;
  console.log(heading);
  machine.leaveServerCore();
  const sink = await new Sink().listen();
  const results = [];
  for (const part of options.parts) {
    results.push(await require(`./parts/${part}`).measure({ sink, options, progress }));
  }
  sink.close();
  tell(heading, results, options.file);
}

function progress(text) {
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${text}`);
}

function tell(heading, results, file) {
  const tables = results.flatMap(({ tables }) => tables).map(markdown);
  const page = ['# What the probe costs', '', heading, '', ...tables].join('\n');
  console.log(`\n${tables.join('\n')}`);
  if (file !== undefined) fs.writeFileSync(file, page);
  for (const figure of results.flatMap(({ figures }) => figures)) console.log(JSON.stringify(figure));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
