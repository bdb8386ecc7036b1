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
    bill.servers = static_cast<int>(std::max(1.0, std::ceil(bill.binding.servers)));
    bill.monthly = bill.servers * application.machine_price;
    return bill;
}

std::vector<std::string> formula(const Application& application) {
    const Application& a = application;
    return {
        fmt::format("Your application (an example: set your own): {} requests/s, each",
                    grouped(a.requests_per_second)),
        fmt::format(
            "waits {} ms and computes for {:g} ms; its own code and data take {:g} MiB",
            grouped(a.waiting_ms), a.cpu_ms, a.process_mib),
        fmt::format(
            "a process. A machine has {:g} cores and {:g} GiB, is used to {:.0f} %, costs",
            a.machine_cores, a.machine_memory_gib, a.filled * 100),
        fmt::format("{} a month. The servers needed are the greatest of these, rounded up:",
                    grouped(a.machine_price)),
        "  at once      = requests/s x (waiting + CPU of the server + your CPU)",
        fmt::format("  memory       = at once x (process + your MiB) / served at once, + "
                    "{:g} KiB for",
                    kernel_kib_per_connection),
        "                 each connection, / memory of a machine in use",
        fmt::format("  threads      = at once x threads / served at once / {}",
                    grouped(a.machine_threads)),
        fmt::format("  connections  = at once / {}", grouped(a.machine_connections)),
        "  CPU          = requests/s x (CPU of the server + your CPU) / cores in use",
    };
}

}  // namespace six::bench
