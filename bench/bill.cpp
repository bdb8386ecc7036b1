#include "bench/bill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/numbers.hpp"

namespace six::bench {

namespace {

constexpr double kib_per_mib = 1024;
constexpr double kib_per_gib = 1024 * 1024;

// #region bill
/// What a client costs: the process that was measured, with the application's own memory in
/// it, divided by the clients that it served at once.
void divide_by_clients(Bill& bill, const Result& server, const Application& application) {
    const double clients = server.at_once;
    const double process = server.peak.of_its_own() + application.process_mib * kib_per_mib;
    bill.processes = std::ceil(bill.at_once / clients);
    bill.kib_per_client = process / clients + kernel_kib_per_connection;
    bill.threads_per_client = server.threads / clients;
}

std::array<Need, 4> needs(const Bill& bill, const Application& application) {
    const double memory = application.machine_memory_gib * kib_per_gib * application.filled;
    const double cores = application.machine_cores * application.filled;
    const double busy_cores =
        application.requests_per_second * bill.cpu_ms_per_request / 1000;
    return {
        {{"memory", bill.at_once * bill.kib_per_client / memory},
         {"threads", bill.at_once * bill.threads_per_client / application.machine_threads},
         {"connections", bill.at_once / application.machine_connections},
         {"CPU", busy_cores / cores}}};
}
// #endregion

}  // namespace

std::optional<Bill> bill_for(const Result& server, const Application& application) {
    if (server.at_once == 0 || server.peak.total() == 0 || !server.cpu_ms_per_request)
        return std::nullopt;
    Bill bill;
    bill.cpu_ms_per_request = *server.cpu_ms_per_request + application.cpu_ms;
    const double seconds = (application.waiting_ms + bill.cpu_ms_per_request) / 1000;
    bill.at_once = application.requests_per_second * seconds;
    divide_by_clients(bill, server, application);
    bill.needs = needs(bill, application);
    bill.binding = *std::max_element(
        bill.needs.begin(), bill.needs.end(),
        [](const Need& a, const Need& b) { return a.servers < b.servers; });
    bill.servers = static_cast<int>(std::ceil(bill.binding.servers));
    bill.monthly = bill.servers * application.machine_price;
    return bill;
}

std::vector<std::string> formula(const Application& application) {
    const Application& a = application;
    return {
        fmt::format(
            "Your application: {} requests/s, each waits {} ms and computes {:g} ms;",
            grouped(a.requests_per_second), grouped(a.waiting_ms), a.cpu_ms),
        fmt::format("its code and data take {:g} MiB in each process. A machine: {:g} "
                    "cores, {:g} GiB,",
                    a.process_mib, a.machine_cores, a.machine_memory_gib),
        fmt::format(
            "used to {:.0f} %, {} a month. These are examples: set your own (--help).",
            a.filled * 100, grouped(a.machine_price)),
        "Servers needed are the greatest of these, rounded up:",
        "  memory       at once x (process / served at once + kernel) / machine's memory",
        "  threads      at once x threads / served at once / machine's threads",
        "  connections  at once / machine's connections",
        "  CPU          requests/s x (server's time + yours) / machine's cores",
        "where at once = requests/s x (waiting + server's time + yours), the process is",
        fmt::format(
            "what was measured + your MiB, the kernel has {:g} KiB for a connection, and a",
            kernel_kib_per_connection),
        fmt::format("machine has {} threads and {} connections.",
                    grouped(a.machine_threads), grouped(a.machine_connections)),
    };
}

}  // namespace six::bench
