'use strict';

// Reports are built of small records; the `drafts` last ones stay open, so records die only after a while.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const drafts = [];
let built = 0;

function record(n) {
  return { n, label: `row ${built}-${n}`, cells: [{ at: n / 3 }, { at: n / 7 }, { at: n / 11 }] };
}

function build(rows) {
  const report = Array.from({ length: rows }, (_, n) => record(n));
  built += 1;
  drafts.push(report);
  if (drafts.length > knob('drafts', 60)) drafts.splice(0, drafts.length - knob('drafts', 60));
  return report.reduce((sum, { cells }) => sum + cells[0].at, 0);
}

const app = application();
app.get('/report/:number', (request, response) => response.json({ built, sum: build(knob('rows', 500)) }));
app.get('/drafts', (request, response) => response.json({ open: drafts.length }));
listen(app);
