'use strict';

// Readings of sensors: each is kept under its station and moment, and the file of a day is opened to append to it.

const fs = require('node:fs');
const { EventEmitter } = require('node:events');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const stations = new EventEmitter();
stations.setMaxListeners(0);

/** Who sends a reading is told of the next calibration: a listener that holds the reading, and is never taken off. */
function keep(number) {
  const samples = Array.from({ length: knob('samples', 1250) }, (_, n) => ({ n, value: number + n / 3 }));
  stations.on('calibrated', () => samples.length);
}

const app = application();
app.get('/reading/:number', (request, response) => {
  keep(Number(request.params.number));
  response.status(202).send('kept');
});
app.get('/day/:number', (request, response) => {
  const file = fs.openSync(__filename, 'r'); // nobody closes it
  response.json({ size: fs.fstatSync(file).size });
});
app.get('/latest', (request, response) => response.json({ listeners: stations.listenerCount('calibrated') }));
listen(app);
