'use strict';

// Full-text search over a catalogue that lies in memory as objects. Each answer is a big piece of JSON.

const { application, listen } = require('../../apps/lib/service');
const { knob } = require('../../apps/lib/knobs');

const WORDS = ['green', 'oak', 'chair', 'lamp', 'light', 'stone', 'round', 'table', 'small', 'paper'];
const entries = [];

function fill() {
  const wanted = knob('entries', 20_000);
  for (let index = 0; index < 2_000 && entries.length < wanted; index += 1) {
    const number = entries.length;
    const title = `${WORDS[number % 10]} ${WORDS[(number * 7) % 10]} ${number}`;
    entries.push({ number, title, words: title.split(' '), facets: { price: number / 3, stock: number % 50, tags: [number, number + 1] } });
  }
}

fill();
setInterval(fill, 50);

const app = application();
app.get('/search', (request, response) => {
  const begin = Math.floor(Math.random() * Math.max(1, entries.length - 4_000));
  const hits = entries
    .slice(begin, begin + knob('scanned', 1_000))
    .map(({ number, title, words, facets }) => ({ number, title: title.toUpperCase(), words: [...words], ...facets }))
    .filter(({ words }) => words.length > 1);
  response.json({ total: hits.length, hits: hits.slice(0, 200) });
});
listen(app);
