'use strict';

// Pub quizzes: a round is opened for each table of guests, and told when the quizmaster moves on.

const { EventEmitter } = require('node:events');
const express = require('express');
const { knob } = require('../../apps/lib/knobs');

const quizmaster = new EventEmitter();
quizmaster.setMaxListeners(0);

/** The questions of a round, with what each guest may answer. */
function questions(table) {
  return Array.from({ length: knob('questions', 120) }, (_, n) => ({
    text: `Question ${n} for table ${table}`,
    answers: [n, n + 1, n + 2, n + 3].map((value) => value / 3),
  }));
}

const app = express();
app.get('/rounds/:table', (request, response) => {
  const round = { table: request.params.table, questions: questions(request.params.table), at: 0 };
  quizmaster.on('next', () => {
    round.at += 1;
  });
  response.json({ table: round.table, first: round.questions[0] });
});
app.get('/', (request, response) => response.send('quiz'));
const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
