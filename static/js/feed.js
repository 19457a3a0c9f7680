// Listens for hints and asks the server for what changed. Nothing is open or asked while the tab is hidden.
import { refresh } from './refresh.js';

const body = document.body;
const wanted = (body.dataset.topics ?? '').split(' ').filter(Boolean);
const spacing = Number(body.dataset.refresh ?? 5) * 1000;
const RETRY = 2000;
const IDLE = 15_000;
// Charts move with every hint; the words beside them may lag, unless advice changed.
const WORDS = body.dataset.series ? 6000 : 0;

let socket = null;
let retry = null;
let due = null;
let last = 0;
let missed = false;
let said = 0;
let urgent = false;

function say(text, on) {
  const mark = document.querySelector('[data-feed]');
  if (!mark) return;
  mark.classList.toggle('off', !on);
  const words = mark.querySelector('[data-feed-text]');
  if (words.textContent !== text) words.textContent = text;
}

// A page with charts listens to `news` too and fetches its numbers itself.
async function fetchNews() {
  due = null;
  last = Date.now();
  document.dispatchEvent(new Event('news'));
  if (!urgent && last - said < WORDS) return;
  said = last;
  urgent = false;
  try {
    await refresh();
  } catch {
    missed = true;
  }
}

function ask() {
  due ??= setTimeout(fetchNews, Math.max(0, last + spacing - Date.now()));
}

function hear(event) {
  const hint = JSON.parse(event.data);
  socket.send('ok');
  if (hint.topic !== 'live') {
    urgent ||= !hint.topic.startsWith('service:');
    say(`Live, every ${spacing / 1000} s`, true);
    ask();
    return;
  }
  const on = hint.version === 1;
  say(on ? `Live, every ${spacing / 1000} s` : 'Live updates interrupted', on);
  if (on && missed) ask();
  missed = !on;
}

function open() {
  clearTimeout(retry);
  if (document.hidden || !wanted.length || socket) return;
  const query = wanted.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live/?${query}`);
  socket.addEventListener('open', () => {
    if (missed) ask();
    missed = false;
  });
  socket.addEventListener('message', hear);
  socket.addEventListener('close', () => {
    socket = null;
    if (document.hidden) return;
    missed = true;
    say('Live updates interrupted', false);
    retry = setTimeout(open, RETRY + Math.random() * RETRY);
  });
}

function close() {
  clearTimeout(due);
  due = null;
  missed = true;
  socket?.close();
}

export function startFeed() {
  if (!wanted.length) return;
  last = Date.now();
  open();
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  // Silence changes words too ("last report 40 s ago"), and no hint tells of it.
  setInterval(() => { if (!document.hidden && Date.now() - last > IDLE) ask(); }, IDLE);
}
