'use strict';

// Tables of amateur leagues: each request replays the season's matches into new objects, one copy of the table a match.

const { knob } = require('../../apps/lib/knobs');
const { application, listen } = require('../../apps/lib/service');

const recent = []; // the last tables, for those who ask again with `If-None-Match`

function season(league) {
  return Array.from({ length: knob('matches', 60) }, (_, n) => ({
    home: (n * 3 + league) % 18,
    away: (n * 5 + league + 1) % 18,
    goals: [n % 4, (n + league) % 3],
  }));
}

/** What a match is worth for one of its teams. */
function after(team, own, other) {
  return { ...team, form: [...team.form, own], points: team.points + (own > other ? 3 : 1) };
}

function play(table, { home, away, goals }) {
  return table.map((team) => {
    if (team.id === home) return after(team, goals[0], goals[1]);
    if (team.id === away) return after(team, goals[1], goals[0]);
    return { ...team };
  });
}

function history(league) {
  const first = Array.from({ length: 18 }, (_, id) => ({ id, name: `Team ${id}`, points: 0, form: [] }));
  const rounds = [first];
  for (const match of season(league)) rounds.push(play(rounds[rounds.length - 1], match));
  return rounds;
}

const app = application();
app.get('/leagues/:league/table', (request, response) => {
  const rounds = history(Number(request.params.league) || 0);
  recent.push(rounds);
  if (recent.length > knob('kept', 40)) recent.splice(0, recent.length - knob('kept', 40));
  response.json(rounds[rounds.length - 1].sort((one, other) => other.points - one.points));
});
const server = listen(app);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
