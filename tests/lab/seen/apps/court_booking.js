'use strict';

// Tennis courts by the hour: a week is shown, and an hour is booked.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const booked = new Map();

const app = application();
app.get('/week/:court', (request, response) => {
  spin(knob('week_ms', 4));
  const { court } = request.params;
  response.json(Array.from({ length: 98 }, (_, hour) => ({ hour, by: booked.get(`${court}-${hour}`) ?? null })));
});
app.post('/book/:court', (request, response) => {
  spin(knob('book_ms', 2));
  booked.set(`${request.params.court}-${booked.size % 98}`, 'member');
  response.status(201).json({ court: request.params.court });
});
listen(app);
