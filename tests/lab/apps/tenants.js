'use strict';

// One process of a group may be sick: everything takes it `sickness` times as long.

const { knob } = require('./lib/knobs');
const { application, listen } = require('./lib/service');
const { spin } = require('./lib/work');

const isSick = () => Number(process.env.LAB_COPY) === knob('sick_copy', -1);
const app = application();
app.get('/work', (request, response) => {
  spin(knob('cpu_ms', 5) * (isSick() ? knob('sickness', 3) : 1));
  response.send('done');
});
listen(app);
