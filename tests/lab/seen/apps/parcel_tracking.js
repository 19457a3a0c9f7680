'use strict';

// Where is my parcel: the depot is asked by radio, which takes a while. `farewell` says what happens at SIGTERM.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { rest, spin } = require('../../apps/lib/work');

let leaves = false;
const app = application();
app.get('/track/:parcel', async (request, response) => {
  spin(knob('cpu_ms', 1));
  await rest(knob('radio_ms', 400));
  if (leaves) response.set('connection', 'close');
  response.json({ parcel: request.params.parcel, at: 'depot 7' });
});
const server = listen(app);

const FAREWELLS = {
  // As somebody wrote who wanted deploys to be quick: whatever is on its way is lost.
  hasty: () => process.exit(0),
  patient: () => {
    leaves = true;
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  },
};
process.on('SIGTERM', () => FAREWELLS[knob('farewell', 'hasty')]());
