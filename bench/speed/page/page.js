// Puts the results into the page. Read first: bench/report/plots.js, whose helpers it uses.
'use strict';

const byId = id => document.getElementById(id);
const ours = 'var(--s4)';
const others = 'var(--quiet)';
const colourOf = row => (/^(0\d|on_asio)/.test(row.key) ? ours : others);
const ratio = value => (value < 99.5 ? value.toFixed(2) : grouped(value));
const load = row => `${Math.round(row.generator_share * 100)} %${row.generator_was_busy ? ' (busy)' : ''}`;
const ms = us => (us < 1000 ? (us / 1000).toFixed(2) : brief(us / 1000));

function ratios(match) {
  const rows = match.rows.filter(row => row.missing === '');
  const most = Math.max(1, ...rows.map(row => row.to_base.high));
  const per = value => `${100 * value / most}%`;
  const plot = element('div', { class: 'bars' });
  for (const row of rows) {
    const { low, median, high } = row.to_base;
    plot.append(element('div', {}, row.name),
      element('div', { class: 'bar', title: `${ratio(low)} to ${ratio(high)}` },
        element('div', { class: 'fill', style: `width:${per(median)};background:` +
          colourOf(row) }),
        element('div', { class: 'whisker', style: `left:${per(low)};width:${per(high - low)}` })),
      element('div', { class: 'figure' }, ratio(median)));
  }
  return plot;
}

function table(head, rows) {
  const cells = (tag, row) => element('tr', {}, ...row.map(cell => element(tag, {}, cell)));
  return element('div', { class: 'scroll' }, element('table', {},
    element('thead', {}, cells('th', head)),
    element('tbody', {}, ...rows.map(row => cells('td', row)))));
}

function figures(match) {
  const rows = match.rows.filter(row => row.missing === '').map(row => [row.name, grouped(row.per_second),
    ratio(row.to_base.median), `${ratio(row.to_base.low)} – ${ratio(row.to_base.high)}`,
    row.from_06 ? ratio(row.from_06.median) : '–', ms(row.p50_us), ms(row.p99_us),
    `${row.server_us.toFixed(1)}`, ratio(row.us_to_base.median),
    `${ratio(row.us_to_base.low)} – ${ratio(row.us_to_base.high)}`, load(row)]);
  return table(['', 'requests/s', `to ${match.base}`, 'quartiles', '06 to it', 'p50, ms', 'p99, ms',
    'CPU, µs each', `to ${match.base}`, 'quartiles', 'load generator'], rows);
}

function show(match) {
  const words = match.what === 'post' ? 'Durable POST' : 'GET /health';
  const missing = match.rows.filter(row => row.missing !== '');
  const noise = match.noisy === 0 ? '' : ` In ${match.noisy} of them other programs were busy: they took ` +
    `${Math.round(match.others_share * 100)} % of the CPU (median).`;
  return element('section', {}, element('h2', {}, `${words}, ${grouped(match.connections)} connections`),
    element('p', {}, `Requests a second, as a ratio to “${match.base}” in the same round. ` +
      `Median and quartiles of ${match.rounds} rounds.${noise}`),
    key([['the course’s', ours], ['others', others]]), ratios(match), figures(match),
    ...missing.map(row => element('p', { class: 'note' }, `${row.name} was not measured: ${row.missing}`)));
}

function showMeanwhile(meanwhile) {
  const [{ gets, posts }] = meanwhile;
  const spread = (one, what) => {
    const quartiles = one[`${what}_quartiles`];
    return ms(one[what]) + (quartiles ? ` (${ms(quartiles.low)} – ${ms(quartiles.high)})` : '');
  };
  return element('section', {}, element('h2', {}, 'Who asks while others save'),
    element('p', {}, `GET /health on ${gets} connections, while ${posts} others save as fast as they are ` +
      'answered; and the same when nobody saves. In each round every server; medians (and quartiles) of the ' +
      'rounds. Who asks and who saves are two threads on the load generator’s one core.'),
    table(['', 'items saved/s', 'p50, ms', 'p99, ms', 'nobody saves: p50', 'p99, ms'],
      meanwhile.filter(one => !one.missing).map(one => [one.name, grouped(one.posts_per_second),
        ...['p50_us', 'p99_us', 'alone_p50_us', 'alone_p99_us'].map(what => spread(one, what))])),
    ...meanwhile.filter(one => one.missing).map(one =>
      element('p', { class: 'note' }, `${one.name} was not measured: ${one.missing}`)));
}

function showCounts(counts) {
  const figure = (value, digits) => (value === null ? '–' : digits ? value.toFixed(digits) : grouped(value));
  return element('section', {}, element('h2', {}, 'What a GET /health costs, by count'),
    element('p', {}, 'The same in every run: instructions in user space and mutexes taken (callgrind), and system calls (strace).'),
    table(['', 'instructions, 64 clients', '1,024 clients', 'mutexes, 64', 'system calls, 64', 'system calls, 1'],
      counts.map(one => [one.name, figure(one.instructions, 0),
        figure(one.instructions_at_1024 ?? null, 0), figure(one.locks ?? null, 2),
        figure(one.calls_at_64, 2), figure(one.calls_at_1, 2)])));
}

const { machine, notes, matches, meanwhile, counts, holdings, waits, prices, growth } = results;
byId('machine').textContent = `${machine.date}: ${machine.cores} cores of ${machine.cpu || 'an unnamed CPU'}, ` +
  `${machine.system}, ${machine.compiler}.`;
byId('command').textContent = `Command: ${results.command}`;
byId('notes').append(...notes.map(note => element('p', { class: 'note' }, note)));
byId('matches').append(...matches.map(show));
if (meanwhile.length > 0) byId('matches').append(showMeanwhile(meanwhile));
if (counts.length > 0) byId('matches').append(showCounts(counts));
if (holdings.length > 0) byId('matches').append(showHoldings(holdings));
byId('matches').append(...waits.map(showWaits));
if (prices.length > 0) byId('matches').append(showPrices(prices));
if (growth) byId('matches').append(showGrowth(growth));
