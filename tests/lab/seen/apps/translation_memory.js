'use strict';

// Translation memory: a translator asks for segments like the present one, which are ranked by how near they are.

const express = require('express');
const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const WORDS = ['valve', 'close', 'before', 'the', 'pump', 'starts', 'remove', 'cover', 'screw', 'oil'];
const memory = Array.from({ length: 400 }, (_, n) => ({ id: n, source: phrase(n), target: phrase(n * 3 + 1) }));

function phrase(seed) {
  return Array.from({ length: 6 }, (_, i) => WORDS[(seed * (i + 3) + i) % WORDS.length]).join(' ');
}

/** How many words two segments share. */
function score(one, other) {
  const words = new Set(one.split(' '));
  return other.split(' ').filter((word) => words.has(word)).length;
}

const app = application();
app.use(express.json());

app.get('/matches', (request, response) => {
  const wanted = phrase(Number(request.query.segment ?? 0));
  spin(knob('rank_ms', 8));
  const found = memory.slice(0, 40).map((unit) => ({ ...unit, score: score(unit.source, wanted) }));
  response.json(found.sort((a, b) => b.score - a.score).slice(0, 5));
});

app.put('/segments/:id', (request, response) => {
  memory[Number(request.params.id) % memory.length].target = String(request.body.text ?? '').slice(0, 80);
  response.json({ saved: true });
});

listen(app);
