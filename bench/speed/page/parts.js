// What is no plain match: those who wait, the price of a coroutine, growth. Read next: page.js, which
// calls these and has the helpers.
'use strict';

function section(title, words, ...parts) {
  return element('section', {}, element('h2', {}, title), element('p', {}, words), ...parts);
}
function missingOf(rows) {
  return rows.filter(row => row.missing !== '').map(row =>
    element('p', { class: 'note' }, `${row.name} was not measured: ${row.missing}`));
}
const measured = rows => rows.filter(row => row.missing === '');

function showHoldings(holdings) {
  const [process, kernel] = ['var(--s4)', 'var(--quiet)'];
  const rows = measured(holdings).map(one => ({ name: one.name,
    figure: `${grouped(one.idle.user)} + ${grouped(one.idle.kernel)}`,
    parts: [{ value: one.idle.user, colour: process }, { value: one.idle.kernel, colour: kernel }] }));
  const bytes = value => (value ? grouped(value) : '–');
  return section(`What a client costs in memory, at ${grouped(holdings[0].connections)} connections`,
    'Bytes for each connection that is idle after a request: in the process, and in the kernel for both of ' +
    'its ends (with what other programs did meanwhile); medians of the rounds. What exceeds the kernel’s figure of “limit” is the ' +
    'server’s own, such as the stacks of threads.',
    key([['in the process', process], ['in the kernel', kernel]]), bars(rows),
    table(['', 'idle: process', 'kernel', 'body waited for: process', 'kernel'],
      measured(holdings).map(one => [one.name, grouped(one.idle.user), grouped(one.idle.kernel),
        bytes(one.body && one.body.user), bytes(one.body && one.body.kernel)])),
    ...missingOf(holdings));
}

function showWaits(match) {
  const ceiling = match.connections * 1000 / match.pause_ms;
  const percent = share => `${Math.round(share * 100)} %`;
  const anew = match.connected_anew ? ' The clients of each server came for its turn, and left.' : '';
  const rows = measured(match.rows);
  return section(`${match.pause_ms} ms of waiting, ${grouped(match.connections)} connections`,
    `A POST whose body comes ${match.pause_ms} ms after its head. If nothing but that took time there would ` +
    `be ${grouped(ceiling)} requests a second. Medians of ${match.rounds} rounds.${anew}`,
    bars(rows.map(row => ({ name: row.name, figure: grouped(row.per_second),
      parts: [{ value: row.per_second, colour: colourOf(row) }] })), ceiling),
    table(['', 'requests/s', 'of the ceiling', 'p50, ms', 'p99, ms', 'server’s core', 'CPU, µs each',
      `to ${match.base}`, 'load generator'], rows.map(row => [row.name, grouped(row.per_second),
      percent(row.per_second / ceiling), ms(row.p50_us), ms(row.p99_us), percent(row.server_share),
      brief(row.server_us), ratio(row.us_to_base.median), load(row)])), ...missingOf(match.rows));
}

function showPrices(prices) {
  const unique = values => [...new Set(values)];
  const compilers = unique(prices.map(one => one.compiler));
  const ns = value => (value < 99.95 ? value.toFixed(1) : grouped(value));
  const cell = ({ low, median, high }) => `${ns(median)} (${ns(low)} – ${ns(high)})`;
  const rows = unique(prices.map(one => one.what)).map(what => [what, ...compilers.map(compiler => {
    const found = prices.find(one => one.what === what && one.compiler === compiler);
    return found ? cell(found.ns) : '–';
  })]);
  return section('The price of a coroutine', 'Nanoseconds for one step: median and quartiles.',
    table(['', ...compilers], rows));
}

function showGrowth({ matches, loops, timers }) {
  const parts = [];
  if (matches.length > 0) {
    const names = matches[0].rows.map(row => [row.key, row.name]);
    const cells = (match, key) => {
      const row = measured(match.rows).find(one => one.key === key);
      return row ? [grouped(row.per_second), ms(row.p99_us)] : ['–', '–'];
    };
    parts.push(table(['connections', ...names.flatMap(([, name]) => [`${name}: requests/s`, 'p99, ms'])],
      matches.map(match => [grouped(match.connections), ...names.flatMap(([one]) => cells(match, one))])));
  }
  if (loops) parts.push(element('p', {}, 'One loop of 06 and two, on both cores. The load generator runs on ' +
    'the same two, so that a second loop can’t show here what it is worth:'),
    figures(loops));
  parts.push(element('p', {}, 'A timer of 04’s loop while others are armed, in ns (medians):'),
    table(['armed', 'arm and cancel', 'the same, the last', 'arm and fire', 'arm and fire / log2'],
      timers.map(one => [grouped(one.armed), brief(one.arm_and_cancel.median), brief(one.arm_last.median),
        brief(one.arm_and_fire.median),
        brief(one.arm_and_fire.median / Math.max(1, Math.log2(one.armed)))])));
  return section('What grows with what', 'GET /health on more and more connections, then loops, then timers.',
    ...parts);
}
