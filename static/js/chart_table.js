// The numbers of a chart as a table, newest first; built only while it is open.
const ROWS = 60;
const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' });
const number = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 });

function cell(kind, text, numeric) {
  const node = document.createElement(kind);
  node.textContent = text;
  if (numeric) node.className = 'num';
  if (kind === 'th') node.scope = 'col';
  return node;
}

function row(cells) {
  const node = document.createElement('tr');
  node.append(...cells);
  return node;
}

function columns(skeleton, data) {
  return skeleton.data.flatMap(({ name, meta }) => {
    if (meta.grid) return data.grid.names.map((process, index) => [process, data.grid.values[index], meta.column]);
    const own = [name || meta.y, data.series[meta.y], meta.column];
    return meta.x ? [[meta.x.replaceAll('_', ' '), data.series[meta.x], meta.x_column], own] : [own];
  });
}

export function fillTable(place, skeleton, data) {
  const shown = columns(skeleton, data).filter(([, values]) => values);
  const table = document.createElement('table');
  table.className = 'tbl';
  const head = table.createTHead();
  head.append(row([cell('th', 'Time'), ...shown.map(([name, , { unit }]) => cell('th', unit ? `${name}, ${unit}` : name, true))]));
  const body = table.createTBody();
  const times = skeleton.data[0].meta.grid ? data.grid.x : data.x;
  const first = Math.max(0, times.length - ROWS);
  let last = times.length - 1;
  while (last >= first && shown.every(([, values]) => values[last] === null)) last -= 1;
  for (let at = last; at >= first; at -= 1) {
    const figures = shown.map(([, values, { factor }]) => (values[at] === null ? '–' : number.format(values[at] * factor)));
    body.append(row([cell('td', clock.format(times[at])), ...figures.map((text) => cell('td', text, true))]));
  }
  place.replaceChildren(table);
}
