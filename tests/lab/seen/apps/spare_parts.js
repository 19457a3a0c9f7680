'use strict';

// Spare parts of tractors: the whole catalogue is read at the start and kept in memory, as it has always been.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { spin } = require('../../apps/lib/work');

const MAKES = ['Fendt', 'Steyr', 'Deutz', 'Lanz', 'Eicher', 'Porsche'];

function part(id) {
  return {
    id,
    number: `${MAKES[id % 6].slice(0, 2)}-${100000 + id}`,
    fits: Array.from({ length: 6 }, (_, n) => ({
      make: MAKES[(id + n) % 6],
      from: 1950 + ((id * n) % 60),
      note: `${id}/${n}`,
    })),
    price: (id % 977) * 1.1,
  };
}

const parts = Array.from({ length: knob('parts', 300000) }, (_, id) => part(id));
const numbers = new Map(parts.map((one) => [one.number, one]));

const app = express();
app.get('/health', (request, response) => response.send('ok'));
app.get('/parts/:id', (request, response) => {
  spin(0.5);
  response.json(parts[(Number(request.params.id) * 31) % parts.length]);
});
app.get('/numbers/:id', (request, response) => {
  const found = numbers.get(`Fe-${100000 + Number(request.params.id) * 6}`);
  response.json(found ?? null);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
