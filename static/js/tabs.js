// Tabs after the ARIA pattern: one tab stop, arrow keys move between the tabs.
function pick(list, chosen) {
  for (const tab of list) {
    const on = tab === chosen;
    tab.setAttribute('aria-selected', String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !on;
  }
}

function move(list, event) {
  const last = list.length - 1;
  const here = list.indexOf(event.target);
  const target = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here === 0 ? last : here - 1, Home: 0, End: last }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  pick(list, list[target]);
  list[target].focus();
}

/** The ids of the tabs that are chosen in an element. */
export function chosenTabs(root) {
  return [...root.querySelectorAll('[role=tab][aria-selected=true]')].map((tab) => tab.id);
}

/** Chooses the tabs of these ids again, of those that are there. */
export function chooseTabs(ids) {
  for (const id of ids) {
    const tab = document.getElementById(id);
    if (tab) pick([...tab.closest('[role=tablist]').querySelectorAll('[role=tab]')], tab);
  }
}

export function startTabs(root) {
  for (const tablist of root.querySelectorAll('[role=tablist]')) {
    const list = [...tablist.querySelectorAll('[role=tab]')];
    tablist.addEventListener('click', (event) => {
      const tab = event.target.closest('[role=tab]');
      if (tab) pick(list, tab);
    });
    tablist.addEventListener('keydown', (event) => move(list, event));
  }
}
