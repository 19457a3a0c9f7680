// A table that is wider than its place can be scrolled with the keyboard: only then is it a stop for the Tab key.
function mark(place) {
  if (place.scrollWidth <= place.clientWidth) {
    place.removeAttribute('tabindex');
    return;
  }
  place.tabIndex = 0;
  place.setAttribute('role', 'region');
  place.setAttribute('aria-label', place.querySelector('caption')?.textContent ?? 'Table');
}

export function markScrolling(root) {
  for (const place of root.querySelectorAll('.scroll:has(caption)')) mark(place);
}
