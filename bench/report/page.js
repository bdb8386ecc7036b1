// Puts the results into the page. Read first: plots.js, bill.js.
'use strict';

const byId = id => document.getElementById(id);
const colourOf = name => {
  const names = results.loads[0].servers.map(server => server.name);
  return `var(--s${names.indexOf(name) % 8})`;
};
const measured = load => load.servers.filter(server => server.failure === '');
const neverServed = server => server.counted - server.served;
const latency = (server, percent) => server.latency.find(p => p.percent === percent).ms;
const mib = kib => brief(kib / 1024);
// A figure of the process, where the system showed any.
const seen = (server, figure) => (server.peak.resident > 0 ? figure : '–');

function growth(server, part) {
  return Math.max(0, server.peak[part] - server.idle[part]);
}
const parts = [['resident', 'resident pages', 'var(--s4)'], ['page_tables', 'page tables', 'var(--s2)'],
  ['kernel_stacks', 'stacks in the kernel', 'var(--s0)']];
const grown = server => parts.reduce((sum, [part]) => sum + growth(server, part), 0);

function describe({ loop, clients, rate, pause, window, body_bytes: bytes }) {
  const who = loop === 'closed' ? `${grouped(clients)} clients that come again and again`
    : `${grouped(clients)} clients at a time, ${brief(rate)} new ones a second`;
  return `${who}. Each pauses for ${pause} s before it sends its ${grouped(bytes)} bytes. ` +
    `Measured for ${window} s, once as many went as came.`;
}

// --- one load ---

function overTime(load) {
  const { clients, pause, window } = load.load;
  const most = Math.max(...measured(load).flatMap(s => s.moments.map(m => m.at)), pause + window);
  return element('div', { class: 'small' }, ...measured(load).map(server => {
    const points = server.moments.map(m => ({ x: m.at, values: [m.in_service, m.outside] }));
    const never = neverServed(server);
    return element('div', { class: 'card' }, element('b', {}, server.name),
      element('span', {}, `${grouped(server.at_once)} served at once, ${grouped(never)} never`),
      areas(points, ['var(--served)', 'var(--outside)'], most, clients));
  }));
}

function latencies(load) {
  const series = measured(load).map(server =>
    ({ name: server.name, colour: colourOf(server.name), points: server.latency }));
  const plot = element('div');
  const draw = () => plot.replaceChildren(percentiles(series, Math.max(320, plot.clientWidth)));
  addEventListener('resize', draw);
  requestAnimationFrame(draw);
  const ends = series.some(one => one.points.some(point => point.ms === null));
  return [key(series.map(({ name, colour }) => [name, colour])), plot,
    ...(ends ? [element('p', { class: 'quiet' }, 'A line that ends with a dot: the others were never served.')] : [])];
}

function costs(load) {
  const row = (server, value, figure) => ({ name: server.name, figure,
    parts: [{ value, colour: colourOf(server.name) }] });
  const memory = server => ({ name: server.name, figure: seen(server, mib(grown(server))),
    parts: parts.map(([part, name, colour]) => ({ value: growth(server, part), colour,
      title: `${mib(growth(server, part))} MiB ${name}` })) });
  const cpu = server => (server.cpu_ms_per_request === null ? row(server, 0, '–')
    : row(server, server.cpu_ms_per_request, grouped(server.cpu_ms_per_request * 1000)));
  const servers = measured(load);
  const box = (title, ...content) => element('div', {}, element('h3', {}, title), ...content);
  return element('div', { class: 'columns' },
    box('Threads, at most', bars(servers.map(s => row(s, s.threads, seen(s, grouped(s.threads)))))),
    box('Memory that the load added, MiB', bars(servers.map(memory)),
      key(parts.map(([, name, colour]) => [name, colour]))),
    box('CPU for 1,000 requests, ms', bars(servers.map(cpu))));
}

function table(target, head, rows) {
  target.replaceChildren(element('thead', {}, element('tr', {}, ...head.map(h => element('th', {}, h)))),
    element('tbody', {}, ...rows.map(row => element('tr', {}, ...row.map(cell =>
      (cell instanceof Node ? cell : element('td', {}, cell)))))));
  return target;
}

function figures(load) {
  const ms = value => (value === null ? element('td', { class: 'never' }, 'never') : brief(value));
  const row = server => [server.name, grouped(server.at_once), grouped(neverServed(server)),
    brief(server.requests_per_second), ms(latency(server, 50)), ms(latency(server, 99)),
    seen(server, grouped(server.threads)), seen(server, mib(grown(server))),
    server.cpu_ms_per_request === null ? '–' : grouped(server.cpu_ms_per_request * 1000),
    seen(server, `${(server.cpu_share * 100).toFixed(1)} %`),
    seen(server, `${(server.others_share * 100).toFixed(0)} %`)];
  return element('div', { class: 'scroll' }, table(element('table'),
    ['', 'served at once', 'never served', 'requests/s', 'p50, ms', 'p99, ms', 'threads', 'memory, MiB',
      'CPU ms per 1,000', 'of a core', 'other programs'], measured(load).map(row)));
}

function showLoad(load) {
  const failed = load.servers.filter(server => server.failure !== '');
  const title = element('h3', {}, 'Clients over time');
  return element('section', {}, element('h2', {}, `The ${load.load.name} load`),
    element('p', {}, describe(load.load)),
    ...failed.map(s => element('p', { class: 'note' }, `${s.name} was not measured: ${s.failure}`)),
    title, key([['being served', 'var(--served)'], ['in line', 'var(--outside)']]), overTime(load),
    element('h3', {}, 'How long they waited'), ...latencies(load), costs(load),
    element('h3', {}, 'All figures'), figures(load));
}

// --- shares of waiting ---

const kinds = [['client', 'waits for the client', 'var(--client)'],
  ['database', 'waits for the database', 'var(--database)'], ['cpu', 'on the CPU', 'var(--cpu)']];

function inLine(server) {
  const sum = what => server.moments.reduce((total, moment) => total + what(moment), 0);
  const present = sum(moment => moment.outside + moment.in_service);
  return present > 0 ? 100 * sum(moment => moment.outside) / present : 0;
}

function showShares() {
  const load = results.loads.find(one => one.servers.some(server => server.shares));
  if (!load) return byId('shares').remove();
  const servers = load.servers.filter(server => server.shares);
  const rows = only => servers.map(({ name, shares }) => ({ name,
    parts: only.map(([kind, words, colour]) => ({ value: shares[kind], colour,
      title: `${words}: ${shares[kind].toFixed(2)} %` })),
    figure: only.map(([kind]) => shares[kind].toFixed(2)).join(' + ') + ' %' }));
  const lines = servers.map(server => ({ name: server.name, figure: `${inLine(server).toFixed(2)} %`,
    parts: [{ value: inLine(server), colour: 'var(--outside)' }] }));
  byId('shares-text').append(`Under the ${load.load.name} load, where each client pauses for ` +
    `${load.load.pause} s. The pause is ours; the share of waiting in your application is its own.`);
  byId('shares-plot').append(
    element('h3', {}, 'In line, before the server takes the request: of a client’s whole time'), bars(lines, 100),
    element('h3', {}, 'Once the server has it'),
    key(kinds.map(([, name, colour]) => [name, colour])), bars(rows(kinds), 100),
    element('h3', {}, 'The same without the waiting for the client, enlarged'), bars(rows(kinds.slice(1))));
}

// --- the bill ---

const controls = [
  ['requests_per_second', 'Requests per second, at your peak', 1, 1e6],
  ['waiting_ms', 'A request waits, ms', 1, 1e5],
  ['cpu_ms', 'Your code computes for it, ms', 0.01, 100],
  ['process_mib', 'Your code and data in each process, MiB', 1, 4096],
  ['machine_memory_gib', 'Memory of a machine, GiB', 1, 512],
  ['machine_cores', 'Cores of a machine', 1, 128],
  ['machine_price', 'Price of a machine, a month', 1, 10000],
];

function showBill() {
  const load = results.loads[results.loads.length - 1];
  const bills = measured(load).map(server => [server, billFor(server, application)]).filter(([, b]) => b);
  byId('bill-plot').replaceChildren(element('h3', {}, 'Servers needed, and a month’s bill'),
    bars(bills.map(([server, bill]) => ({ name: server.name,
      parts: [{ value: bill.servers, colour: colourOf(server.name) }],
      figure: `${grouped(bill.servers)} (${bill.binding}): ${grouped(bill.monthly)}` }))));
  showFormula(bills);
}

function showFormula(bills) {
  const a = application;
  byId('formula').replaceChildren(...[
    `At once: ${grouped(a.requests_per_second)} requests a second × (${plain(a.waiting_ms)} ms of waiting + ` +
      'the time on the CPU, of the server and of your code).',
    `A process: what was measured without the pages that all processes share, + ${plain(a.process_mib)} MiB of yours. ` +
      'It serves as many at once as it did here. Each connection costs the kernel another 8 KiB.',
    `Servers by memory: at once × memory of a client ÷ ${plain(a.machine_memory_gib)} GiB, of which ${plain(a.filled * 100)} % are used.`,
    `By threads: at once × threads for each client ÷ ${grouped(a.machine_threads)}. ` +
      `By connections: at once ÷ ${grouped(a.machine_connections)}.`,
    `By CPU: requests a second × time on the CPU ÷ ${plain(a.machine_cores)} cores, of which ${plain(a.filled * 100)} % are used.`,
    'Servers needed: the greatest of the four, rounded up.',
  ].map(line => element('li', {}, line)));
  const need = (bill, name) => element('td', bill.binding === name ? { class: 'binding' } : {},
    bill.needs[name].toFixed(2));
  table(byId('bill-table'), ['', 'at once', 'processes', 'KiB per client', 'CPU ms', 'by memory', 'by threads',
    'by connections', 'by CPU', 'servers', 'a month'],
  bills.map(([server, bill]) => [server.name, grouped(bill.atOnce), grouped(bill.processes),
    brief(bill.kibPerClient), bill.cpuMs.toFixed(2), need(bill, 'memory'), need(bill, 'threads'),
    need(bill, 'connections'), need(bill, 'CPU'), grouped(bill.servers), grouped(bill.monthly)]));
}

/** A slider is logarithmic: 0 to 1000 steps from `low` to `high`. */
function addSlider([name, words, low, high]) {
  const scale = Math.log(high / low) / 1000;
  const value = step => Number((low * Math.exp(step * scale)).toPrecision(2));
  const start = Math.log(Math.max(application[name], low) / low) / scale;
  const output = element('output', {}, plain(application[name]));
  const input = element('input', { type: 'range', min: 0, max: 1000, step: 'any', value: start });
  input.addEventListener('input', () => {
    application[name] = value(Number(input.value));
    output.textContent = plain(application[name]);
    showBill();
  });
  byId('sliders').append(element('label', {}, words, output, input));
}

// --- all of it ---

const { machine, notes, loads } = results;
byId('machine').textContent = `${machine.date}: ${machine.cores} cores of ${machine.cpu || 'an unnamed CPU'}, ` +
  `${brief(machine.memory_gib)} GiB, ${machine.system}, ${machine.compiler}.`;
byId('command').textContent = `Command: ${results.command}`;
byId('notes').append(...notes.map(note => element('p', { class: 'note' }, note)));
byId('loads').append(...loads.map(showLoad));
showShares();
controls.forEach(addSlider);
showBill();
