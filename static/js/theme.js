// Loaded before the first paint, so that a chosen theme does not flash. Absent means: follow the system.
const chosenTheme = localStorage.getItem('theme');
if (chosenTheme) document.documentElement.dataset.theme = chosenTheme;
