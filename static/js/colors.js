// Figures name their colours as CSS tokens, for example var(--data). A token holds light-dark(…), so its raw text is no
// colour: a hidden element is given the token and asked what it became.
const probe = document.createElement('i');
probe.hidden = true;
document.body.append(probe);
const known = new Map();
document.addEventListener('theme', () => known.clear());

function colour(token) {
  if (!known.has(token)) {
    probe.style.color = token;
    known.set(token, getComputedStyle(probe).color);
  }
  return known.get(token);
}

// A copy of a figure with every token resolved for the present theme.
export function resolved(value) {
  if (typeof value === 'string') return value.startsWith('var(--') ? colour(value) : value;
  if (Array.isArray(value)) return value.map(resolved);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item)]));
}
