'use strict';

// Results of a lottery: little to do all hour, and many who compare their numbers when a draw is on the air.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const drawn = [3, 11, 19, 27, 38, 44];

const app = application();
app.get('/tickets/:ticket', (request, response) => {
  const number = Number(request.params.ticket) || 0;
  const numbers = Array.from({ length: 6 }, (_, at) => 1 + ((number * 7 + at * 9) % 49));
  spin(knob('seal_ms', 5)); // the seal of the ticket is verified
  response.json({ number, right: numbers.filter((one) => drawn.includes(one)) });
});
const server = listen(app);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
