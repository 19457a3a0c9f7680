// The server writes times in UTC; the reader sees their own zone, with the exact UTC time in the title.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const DAY = 86_400_000;

function inWords(at) {
  const now = new Date();
  if (at.toDateString() === now.toDateString()) return hour.format(at);
  const past = now - at; // a weekday alone says nothing of a day to come
  return (past >= 0 && past < 6 * DAY ? day : date).format(at);
}

export function localTimes(root) {
  for (const node of root.querySelectorAll('time[datetime]')) node.textContent = inWords(new Date(node.dateTime));
  for (const node of root.querySelectorAll('[data-zone]')) node.textContent = `Times are in ${zone}.`;
}
