'use strict';

// A board of departures: delays come from the operator (`OPERATOR`) over a few connections, and the whole timetable can
// be taken as one document.

const { Pool } = require('undici');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const operator = new Pool(process.env.OPERATOR, { connections: knob('connections', 8) });
const trains = Array.from({ length: 120000 }, (_, train) => ({
  train,
  line: `RE ${train % 90}`,
  leaves: train * 37,
  stops: ['north', 'market', 'harbour'],
  days: [1, 2, 3, 4, 5],
}));

const app = application();
app.get('/board/:station', async (request, response) => {
  const { body } = await operator.request({ path: '/delays', method: 'GET' });
  const { delay } = await body.json();
  response.json(trains.slice(0, 20).map((train) => ({ ...train, delay })));
});
app.get('/timetable', (request, response) => {
  const copy = JSON.parse(JSON.stringify(trains));
  response.json({ trains: copy.length, bytes: JSON.stringify(copy).length });
});
app.get('/stations', (request, response) => response.json(['north', 'market', 'harbour']));
listen(app);
