// The bill, as bill.cpp computes it: a test holds the two equal.
'use strict';

function billFor(server, application) {
  if (server.at_once === 0 || server.peak.resident === 0 || server.cpu_ms_per_request === null)
    return null;
  const a = application;
  const memory = server.peak.anonymous + server.peak.page_tables + server.peak.kernel_stacks;
  const process = memory + a.process_mib * 1024;
  const cpuMs = server.cpu_ms_per_request + a.cpu_ms;
  const atOnce = a.requests_per_second * (a.waiting_ms + cpuMs) / 1000;
  const kibPerClient = process / server.at_once + 8;
  const threadsPerClient = server.threads / server.at_once;
  const needs = {
    memory: atOnce * kibPerClient / (a.machine_memory_gib * 1024 * 1024 * a.filled),
    threads: atOnce * threadsPerClient / a.machine_threads,
    connections: atOnce / a.machine_connections,
    CPU: a.requests_per_second * cpuMs / 1000 / (a.machine_cores * a.filled),
  };
  const binding = Object.keys(needs).reduce((a, b) => (needs[b] > needs[a] ? b : a));
  const servers = Math.ceil(needs[binding]);
  return { atOnce, processes: Math.ceil(atOnce / server.at_once), kibPerClient, threadsPerClient,
    cpuMs, needs, binding, servers, monthly: servers * a.machine_price };
}
