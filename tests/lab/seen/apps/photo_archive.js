'use strict';

// An archive of photographs on a slow volume: an album is known by heart, a photograph is read when it is asked for.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { storage } = require('../../apps/lib/storage');

const read = storage(knob('volume_ms', 300));
const album = Array.from({ length: 60 }, (_, n) => ({ photo: n, title: `plate ${n}`, year: 1900 + n }));

const app = application();
app.get('/album', (request, response) => response.json(album));
app.get('/photo/:number', async (request, response) => {
  await read();
  response.type('image/jpeg').send(Buffer.alloc(8192, Number(request.params.number)));
});
listen(app);
