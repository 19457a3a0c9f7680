// Fetches this page again and exchanges the regions marked data-live that changed. Scripts in the answer never run:
// it is parsed into a document of its own, and only elements are taken over.
import { markScrolling } from './scrolling.js';
import { localTimes } from './times.js';
import { chooseTabs, chosenTabs, startTabs } from './tabs.js';

// What the server last sent for each region, before scripts touched it: equal answers change nothing on the page.
const sent = new Map([...document.querySelectorAll('[data-live]')].map((region) => [region.dataset.live, region.cloneNode(true)]));

function keepOpen(from, to) {
  for (const details of from.querySelectorAll('details[open][id]')) {
    const twin = to.querySelector(`#${CSS.escape(details.id)}`);
    if (twin) twin.open = true;
  }
}

function focusPath(region) {
  const active = document.activeElement;
  if (!active || !region.contains(active)) return null;
  const all = [...region.querySelectorAll('a, button, summary, [tabindex]')];
  return all.indexOf(active);
}

function exchange(region, fresh) {
  if (sent.get(region.dataset.live)?.isEqualNode(fresh)) return;
  sent.set(region.dataset.live, fresh);
  const incoming = document.importNode(fresh, true);
  localTimes(incoming);
  keepOpen(region, incoming);
  const focused = focusPath(region);
  const chosen = chosenTabs(region);
  region.replaceWith(incoming);
  markScrolling(incoming);
  startTabs(incoming);
  chooseTabs(chosen);
  if (focused !== null) [...incoming.querySelectorAll('a, button, summary, [tabindex]')][focused]?.focus();
}

export async function refresh() {
  const regions = document.querySelectorAll('[data-live]');
  if (!regions.length) return;
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, signal: AbortSignal.timeout(10_000) });
  if (answer.redirected) location.reload();
  if (!answer.ok) throw new Error(`The page answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const region of regions) {
    const fresh = page.querySelector(`[data-live="${region.dataset.live}"]`);
    if (fresh) exchange(region, fresh);
  }
}
