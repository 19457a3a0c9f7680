'use strict';

// Streams exports: a table leaves in pieces over two seconds, as the database hands it out. SIGTERM ends the process where it
// stands, as Node.js does by itself. The totals of a year are added up at once.

const { application, listen } = require('../../apps/lib/service');
const { knob } = require('../../apps/lib/knobs');

const PIECES = 10;

function totals(count) {
  const rows = Array.from({ length: count }, (_, number) => ({ account: `a${(number * 7919) % 5003}`, cents: number % 997 }));
  rows.sort((one, other) => one.account.localeCompare(other.account) || one.cents - other.cents);
  return rows.reduce((sum, { cents }) => sum + cents, 0);
}

const app = application();
app.get('/totals', (request, response) => response.json({ cents: totals(knob('rows', 1000)) }));
app.get('/exports/:id', (request, response) => {
  let sent = 0;
  response.type('text/csv');
  const timer = setInterval(() => {
    sent += 1;
    response.write(`${sent},${request.params.id},${'x'.repeat(500)}\n`);
    if (sent === PIECES) {
      clearInterval(timer);
      response.end();
    }
  }, 200);
  response.on('close', () => clearInterval(timer));
});
listen(app);
