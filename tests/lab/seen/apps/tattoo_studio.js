'use strict';

// Tattoo studio: appointments with a deposit, which the bank takes a moment to hold. It knows nothing of signals.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { random, rest, spin } = require('../../apps/lib/work');

const ARTISTS = ['ines', 'marek', 'yuki', 'sol'];
const diary = [];

const app = express();
app.use(express.json());

app.get('/diary/:artist', (request, response) => {
  const artist = ARTISTS[Number(request.params.artist) % ARTISTS.length];
  spin(knob('diary_ms', 0.5));
  response.json({ artist, next: diary.filter((entry) => entry.artist === artist).slice(-5) });
});

app.post('/appointments', async (request, response) => {
  const artist = ARTISTS[diary.length % ARTISTS.length];
  await rest(250 + random(knob('deposit_ms', 300)));
  diary.push({ artist, at: Date.now(), deposit: 5000 });
  if (diary.length > 300) diary.shift();
  response.status(201).json({ artist, deposit: 5000 });
});

app.listen(Number(process.env.PORT), '127.0.0.1');
