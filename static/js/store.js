// The numbers behind all charts of a page. Later answers bring only what is new since the last point.
const { series: address, range } = document.body.dataset;
let data = null;

function joined(old, fresh) {
  const keeps = old.x.map((at) => at >= fresh.from && at < fresh.since);
  const nothing = (times) => times.map(() => null);
  const join = (before, after) => [
    ...(before ?? nothing(old.x)).filter((_, index) => keeps[index]),
    ...(after ?? nothing(fresh.x)),
  ];
  const series = {};
  for (const key of new Set([...Object.keys(old.series), ...Object.keys(fresh.series)])) {
    series[key] = join(old.series[key], fresh.series[key]);
  }
  const names = [...new Set([...old.grid.names, ...fresh.grid.names])];
  const row = (grid, name) => grid.values[grid.names.indexOf(name)];
  const values = names.map((name) => join(row(old.grid, name), row(fresh.grid, name)));
  return { ...fresh, x: join(old.x, fresh.x), series, grid: { names, values } };
}

export async function load() {
  const query = new URLSearchParams({ range });
  if (data?.x.length) query.set('since', data.x.at(-1));
  const answer = await fetch(`${address}?${query}`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`The numbers answered ${answer.status}`);
  const fresh = await answer.json();
  data = data && fresh.since !== null ? joined(data, fresh) : fresh;
  return data;
}
