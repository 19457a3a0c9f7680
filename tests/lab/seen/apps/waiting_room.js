'use strict';

// A waiting room before a sale: who comes is held for some seconds and is then let in, as the organiser wants it.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { rest } = require('../../apps/lib/work');

let waiting = 0;

const app = application();
app.get('/turn/:visitor', async (request, response) => {
  waiting += 1;
  request.on('error', () => {}); // who leaves is no trouble
  await rest(knob('hold_s', 2.5) * 1000);
  waiting -= 1;
  response.json({ visitor: request.params.visitor, pass: Date.now().toString(36) });
});
app.get('/length', (request, response) => response.json({ waiting }));
listen(app);
