// Puts numbers into a figure's skeleton. Traces, axes, bands and labels come from the server; nothing is laid out here.
import { resolved } from './colors.js';

// Plotly knows no time zones: it shows what it gets as if it were UTC.
export const local = (ms) => ms - new Date(ms).getTimezoneOffset() * 60_000;

// Plotly reads a few HTML tags in names; a service may be called anything.
const harmless = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const scaled = (values, factor) => (values ?? []).map((value) => (value === null ? null : value * factor));

function trace(pattern, data, times) {
  const { x, y, factor, x_factor: xFactor, grid } = pattern.meta;
  if (grid) return { ...pattern, x: data.grid.x.map(local), y: data.grid.names.map(harmless), z: data.grid.values };
  if (x) return { ...pattern, x: scaled(data.series[x], xFactor), y: scaled(data.series[y], factor) };
  return { ...pattern, x: times, y: scaled(data.series[y], factor) };
}

// Where two lines are farthest apart, in the left part so that their names fit beside it.
function widest(one, other) {
  let best = null;
  for (let at = 0; at < one.length * 0.7; at += 1) {
    if (one[at] === null || other[at] === null || other[at] === undefined) continue;
    if (best === null || Math.abs(one[at] - other[at]) > Math.abs(one[best] - other[best])) best = at;
  }
  return best;
}

// A third line is named at its end, where the names of the first two are not.
function lastPoint(line) {
  const at = line.y.findLastIndex((value) => value !== null);
  return { x: line.x[at], y: line.y[at], xanchor: 'right' };
}

function labels(pattern, traces) {
  const lines = traces.filter((one) => one.mode === 'lines' && one.y.some((value) => value !== null));
  if (lines.length < 2) return [];
  const at = widest(lines[0].y, lines[1].y);
  if (at === null) return [];
  const upper = lines[0].y[at] >= lines[1].y[at] ? lines[0] : lines[1];
  return lines.map((line, index) => {
    const font = { ...pattern.font, color: line.line.color };
    if (index > 1) return { ...pattern, ...lastPoint(line), text: line.name, font };
    const near = line.y.slice(at, at + Math.ceil(line.y.length / 6)).filter((value) => value !== null);
    const above = line === upper || Math.min(...near) < 0.15 * upper.y[at];
    const place = { x: line.x[at], y: above ? Math.max(...near) : Math.min(...near), yanchor: above ? 'bottom' : 'top' };
    return { ...pattern, ...place, text: line.name, font };
  });
}

function marks(pattern, data) {
  const seen = data.marks.filter((mark) => mark.x > data.from && mark.x < data.to);
  const third = data.from + (data.to - data.from) / 3;
  const side = (mark) => ({ xanchor: mark.x < third ? 'left' : 'right' });
  return {
    shapes: seen.map((mark) => ({ ...pattern.shape, x0: local(mark.x), x1: local(mark.x) })),
    annotations: seen.map((mark) => ({ ...pattern.annotation, ...side(mark), x: local(mark.x), text: harmless(mark.text) })),
  };
}

export function filled(skeleton, data, view) {
  const figure = resolved(skeleton);
  const times = data.x.map(local);
  const traces = figure.data.map((pattern) => trace(pattern, data, times));
  const { layout } = figure;
  layout.font.family = getComputedStyle(document.body).fontFamily;
  const overTime = layout.xaxis.type === 'date';
  layout.xaxis.fixedrange = !overTime || innerWidth < 600;
  if (overTime) {
    const events = marks(figure.mark, data);
    layout.xaxis.range = (view ?? [data.from, data.to]).map(local);
    layout.shapes = [...(layout.shapes ?? []), ...events.shapes];
    layout.annotations = [...(layout.annotations ?? []), ...labels(figure.label, traces), ...events.annotations];
  }
  const top = data.heads[figure.id]?.top;
  if (top) layout.yaxis.range = [0, top * 1.02];
  return { traces, layout };
}

// True where a chart has at least one number to draw; of some charts, at least one that is not zero.
export function hasNumbers(skeleton, data) {
  const counts = (value) => value !== null && (value !== 0 || !skeleton.hides_zero);
  return skeleton.data.some(({ meta }) => (meta.grid ? data.grid.names.length > 1 : data.series[meta.y]?.some(counts)));
}
