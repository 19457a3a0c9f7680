// Draws the charts of a page and keeps them moving: one fetch and one redraw a tick for all, only what is in sight.
import { fillTable } from './chart_table.js';
import { filled, hasNumbers } from './fill.js';
import { load } from './store.js';

const { Plotly } = window;
const skeletons = JSON.parse(document.getElementById('figures').textContent);
const options = { displayModeBar: false, responsive: true, doubleClick: false };
const cards = new Map([...document.querySelectorAll('[data-card]')].map((card) => [card.dataset.card, card]));
const inSight = new Set();
let data = null;
let view = null;
let busy = false;

function head(card, name) {
  const { now, unit, label } = data.heads[name];
  card.querySelector('[data-now]').textContent = now;
  card.querySelector('[data-unit]').textContent = unit;
  card.querySelector('[data-chart]').setAttribute('aria-label', label);
}

function draw(name) {
  const card = cards.get(name);
  const place = card.querySelector('[data-chart]');
  const { traces, layout } = filled(skeletons[name], data, view);
  const first = !place.classList.contains('js-plotly-plot');
  Plotly.react(place, traces, layout, options);
  if (first) listen(place);
  const table = card.querySelector('details[open] .scroll');
  if (table) fillTable(table, skeletons[name], data);
}

function show() {
  if (!data) return;
  for (const [name, card] of cards) {
    if (card.dataset.optional !== undefined) card.hidden = !hasNumbers(skeletons[name], data);
    head(card, name);
    if (inSight.has(name) && !card.hidden) draw(name);
  }
  document.body.dataset.points = data.x.length;
  document.body.dataset.last = data.x.at(-1) ?? '';
}

async function tick() {
  if (busy) return;
  busy = true;
  try {
    data = await load();
    show();
  } catch {
    // The next hint asks again; the feed's mark says when updates are interrupted.
  } finally {
    busy = false;
  }
}

// Dragging across one chart sets the span of all; a double click goes back to the whole range.
function listen(place) {
  place.on('plotly_relayout', (change) => {
    const span = [change['xaxis.range[0]'], change['xaxis.range[1]']];
    if (span.some((edge) => edge === undefined)) return;
    const asTime = (edge) => new Date(typeof edge === 'string' ? edge.replace(' ', 'T') : edge).getTime();
    view = span.map(asTime);
    show();
  });
  place.on('plotly_doubleclick', () => {
    view = null;
    show();
  });
}

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const name = target.dataset.card;
    if (isIntersecting) inSight.add(name);
    else inSight.delete(name);
    if (isIntersecting && data && !target.hidden) draw(name);
  }
}, { rootMargin: '200px' });

for (const card of cards.values()) {
  watcher.observe(card);
  card.querySelector('details')?.addEventListener('toggle', show);
}
document.addEventListener('news', tick);
document.addEventListener('theme', show);
tick();
