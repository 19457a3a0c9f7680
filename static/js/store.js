// The numbers behind all charts of a page. Later answers bring only what is new since the last point.
const { series: address, range } = document.body.dataset;
let data = null;

function joined(old, fresh) {
  const joiner = (oldTimes, freshTimes) => (before, after) => [
    ...(before ?? oldTimes.map(() => null)).filter((_, at) => oldTimes[at] >= fresh.from && oldTimes[at] < fresh.since),
    ...(after ?? freshTimes.map(() => null)),
  ];
  const join = joiner(old.x, fresh.x);
  const joinColumns = joiner(old.grid.x, fresh.grid.x);
  const series = {};
  for (const key of new Set([...Object.keys(old.series), ...Object.keys(fresh.series)])) {
    series[key] = join(old.series[key], fresh.series[key]);
  }
  const names = [...new Set([...old.grid.names, ...fresh.grid.names])];
  const row = (grid, name) => grid.values[grid.names.indexOf(name)];
  const values = names.map((name) => joinColumns(row(old.grid, name), row(fresh.grid, name)));
  return { ...fresh, x: join(old.x, fresh.x), series, grid: { x: joinColumns(old.grid.x, fresh.grid.x), names, values } };
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
