'use strict';

// A collector of log lines: each batch is cut into fields by the expression that is known for its sender.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const SYSLOG = /^<(\d+)>(\w{3} \d+ [\d:]{8}) (\S+) (\w+)\[(\d+)\]: (.*)$/;
// Words, each with or without a blank behind it: there are too many ways to cut one long word.
const APPLIANCE = /^(\w+ ?)+;$/;

const lines = Array.from(
  { length: 40 },
  (_, n) => `<34>Oct 11 22:14:${10 + n} gate-${n} sshd[${900 + n}]: session ${n} closed`,
);
const counts = { parsed: 0, refused: 0 };

function cut(expression, batch) {
  for (const line of batch) counts[expression.test(line) ? 'parsed' : 'refused'] += 1;
  return counts;
}

const app = application();
app.get('/batch/syslog', (request, response) => response.json(cut(SYSLOG, lines)));
app.get('/batch/appliance', (request, response) => {
  const word = 'a'.repeat(knob('letters', 23));
  response.json(cut(APPLIANCE, [`${word}?`]));
});
listen(app);
