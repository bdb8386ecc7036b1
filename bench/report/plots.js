// Plots as SVG and as bars of HTML. They know nothing of servers.
'use strict';

function element(tag, attributes = {}, ...children) {
  const svg = ['svg', 'path', 'line', 'text', 'circle', 'g', 'title'].includes(tag);
  const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function grouped(number) {
  return Math.round(number).toString().replace(/\B(?=(\d{3})+$)/g, ',');
}
function brief(number) {
  if (Math.abs(number) < 0.995) return number.toFixed(2);
  if (Math.abs(number) < 9.95) return number.toFixed(1);
  return grouped(number);
}
/** As one would type it: three digits at least, no zeros after the point. */
function plain(number) {
  return Math.abs(number) < 1000 ? String(Number(number.toPrecision(3))) : grouped(number);
}

/** What the colours mean: pairs of a name and a CSS colour. */
function key(entries) {
  return element('div', { class: 'key' }, ...entries.map(([name, colour]) =>
    element('span', {}, element('i', { style: `background:${colour}` }), name)));
}

/** Rows of { name, parts: [{ value, colour, title }], figure }, all on one scale. */
function bars(rows, most = Math.max(...rows.map(total))) {
  const grid = element('div', { class: 'bars' });
  for (const row of rows) {
    const bar = element('div', { class: 'bar' });
    for (const part of row.parts) {
      if (part.value <= 0) continue;
      bar.append(element('div', { style: `width:${100 * part.value / (most || 1)}%;` +
        `background:${part.colour}`, title: part.title || row.figure }));
    }
    grid.append(element('div', {}, row.name), bar, element('div', { class: 'figure' }, row.figure));
  }
  return grid;
}
function total(row) {
  return row.parts.reduce((sum, part) => sum + part.value, 0);
}

/** Layers upon layers over time: points [{ x, values: [...] }], a colour for each layer. `mark` is
    a height to be drawn as a line; what is a quarter higher is cut off. */
function areas(points, colours, mostX, mark) {
  const [width, height, bottom] = [200, 90, 18];
  const x = value => value / mostX * width;
  const y = value => height - Math.min(1, value / mark / 1.25) * height;
  const svg = element('svg', { viewBox: `0 -6 ${width} ${height + bottom + 6}`, role: 'img' });
  const floor = points.map(() => 0);
  for (const [layer, colour] of colours.entries()) {
    const below = points.map((point, i) => `${x(point.x)},${y(floor[i])}`).reverse();
    points.forEach((point, i) => { floor[i] += point.values[layer]; });
    const above = points.map((point, i) => `${x(point.x)},${y(floor[i])}`);
    svg.append(element('path', { d: `M${above.join('L')}L${below.join('L')}Z`, fill: colour }));
  }
  svg.append(element('line', { class: 'grid-line', x1: 0, x2: width, y1: height, y2: height }),
    element('line', { class: 'mark', x1: 0, x2: width, y1: y(mark), y2: y(mark) }),
    text(0, height + 14, '0 s'), text(width, height + 14, `${brief(mostX)} s`, 'end'),
    text(0, y(mark) - 5, grouped(mark)));
  return svg;
}

function text(x, y, words, anchor = 'start') {
  return element('text', { x, y, 'text-anchor': anchor }, words);
}

/** Latencies by percentile, both axes logarithmic. Series: { name, colour, points: [{ percent, ms }] },
    where a null `ms` means that these were never served: the line ends before them, with a dot.
    `width` in pixels. */
function percentiles(series, width) {
  const [left, right, height, bottom] = [72, 16, 300, 34];
  const all = series.flatMap(s => s.points.map(p => p.ms)).filter(ms => ms > 0);
  const low = Math.floor(Math.log10(Math.min(...all, 1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all, 10))));
  const ticks = width < 500 ? [50, 90, 99, 99.9] : [0, 50, 90, 99, 99.9];
  const place = percent => Math.min(3.3, -Math.log10(1 - Math.min(percent, 99.95) / 100));
  const x = percent => left + place(percent) / 3.3 * (width - left - right);
  const y = ms => height - (Math.log10(Math.max(ms, 10 ** low)) - low) / (high - low) * height;
  const svg = element('svg', { viewBox: `0 -12 ${width} ${height + bottom + 24}`, role: 'img' });
  for (let power = low; power <= high; ++power) {
    const at = y(10 ** power);
    svg.append(element('line', { class: 'grid-line', x1: left, x2: width - right, y1: at, y2: at }),
      text(left - 8, at + 4, `${power < 0 ? (10 ** power).toFixed(-power) : grouped(10 ** power)} ms`, 'end'));
  }
  for (const percent of ticks)
    svg.append(text(x(percent), height + 18, `${percent} %`, 'middle'));
  svg.append(text(width - right, height + 34, 'of all clients waited no longer than this', 'end'));
  for (const one of series) svg.append(percentileLine(one, x, y));
  return svg;
}

function percentileLine({ name, colour, points }, x, y) {
  const served = points.filter(point => point.ms !== null);
  const line = element('g', {}, element('title', {}, name));
  if (served.length === 0) return line;
  const d = 'M' + served.map(point => `${x(point.percent)},${y(point.ms)}`).join('L');
  line.append(element('path', { d, fill: 'none', stroke: colour, 'stroke-width': 2.5,
    'stroke-linejoin': 'round' }));
  const last = served[served.length - 1];
  if (served.length < points.length)
    line.append(element('circle', { cx: x(last.percent), cy: y(last.ms), r: 6, fill: colour }));
  return line;
}
