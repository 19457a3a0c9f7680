// What every page needs: theme switch, tabs, copy buttons, local times, wide tables, and the live feed.
import { startFeed } from './feed.js';
import { markScrolling } from './scrolling.js';
import { localTimes } from './times.js';
import { startTabs } from './tabs.js';

function isDark(root) {
  if (root.dataset.theme) return root.dataset.theme === 'dark';
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

function switchTheme() {
  const root = document.documentElement;
  root.dataset.theme = isDark(root) ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
  document.dispatchEvent(new Event('theme'));
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = 'Copied';
  } catch {
    // Without https the clipboard is closed: select the text, so that one key copies it.
    getSelection().selectAllChildren(source);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = before; }, 1600);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button?.dataset.act === 'theme') switchTheme();
  if (button?.dataset.copy) copy(button);
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => document.dispatchEvent(new Event('theme')));

startTabs(document);
localTimes(document);
markScrolling(document);
addEventListener('resize', () => markScrolling(document));
startFeed();
