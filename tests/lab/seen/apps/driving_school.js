'use strict';

// A driving school: lessons and instructors, and theory papers that are set and typeset while one waits.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');
const { spin } = require('../../apps/lib/work');

const INSTRUCTORS = ['Alma', 'Bruno', 'Chiara', 'Dario', 'Enzo'];
const lessons = Array.from({ length: 800 }, (_, id) => ({
  id,
  hour: 8 + (id % 10),
  by: INSTRUCTORS[id % 5],
  pupil: `pupil ${id % 140}`,
}));

function typeset(paper) {
  spin(knob('paper_ms', 20));
  return Array.from({ length: 30 }, (_, n) => `Question ${n + 1}: sign ${(paper * 7 + n) % 200}`).join('\n');
}

const app = application();
app.get('/lessons/:pupil', (request, response) => {
  spin(1);
  const pupil = `pupil ${Number(request.params.pupil) % 140}`;
  response.json(lessons.filter((lesson) => lesson.pupil === pupil));
});
app.get('/papers/:number', (request, response) => {
  response.type('text/plain').send(typeset(Number(request.params.number)));
});
listen(app);
