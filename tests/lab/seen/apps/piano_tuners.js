'use strict';

// Piano tuners: a tuner's phone asks for the next job and is answered with one, or after some seconds with none.

const { EventEmitter, once } = require('node:events');
const express = require('express');
const { knob } = require('../../apps/lib/knobs');

const jobs = new EventEmitter();
jobs.setMaxListeners(0);
let number = 0;

const app = express();
app.use(express.json());

app.get('/jobs/next', async (request, response) => {
  const signal = AbortSignal.timeout(knob('poll_ms', 7000));
  const district = `district-${Number(request.query.tuner ?? 0) % 40}`;
  try {
    const [job] = await once(jobs, district, { signal });
    response.json(job);
  } catch {
    response.status(204).end();
  }
});

app.post('/jobs', (request, response) => {
  number += 1;
  const job = { number, piano: ['upright', 'grand'][number % 2], at: Date.now() };
  jobs.emit(`district-${number % 40}`, job);
  response.status(201).json(job);
});

app.get('/pianos/:id', (request, response) => response.json({ id: request.params.id, hertz: 440 + (number % 3) }));

app.listen(Number(process.env.PORT), '127.0.0.1');
