// What each way of waiting would cost for *your* application: the formula, its binding
// resource, and nothing else. Pure. The same formula stands in report.html, for the
// sliders.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "bench/results.hpp"

namespace six::bench {

/// Your application, and the machines it runs on. The values here are examples: set your
/// own.
struct Application {
    double requests_per_second = 20'000;
    double waiting_ms =
        2'000;                ///< of a request: for its client, a database, other services
    double cpu_ms = 0.5;      ///< of a request, in your own code
    double process_mib = 64;  ///< of a process, for your own code and data

    double machine_memory_gib = 8;
    double machine_cores = 4;
    double machine_price = 100;  ///< a month, in your currency
    double machine_threads = 30'000;
    double machine_connections = 500'000;
    double filled = 0.7;  ///< how much of its memory and cores is used, on average
    bool operator==(const Application&) const = default;
};

/// The kernel's memory for a connection, in KiB: no process's figures show it, and it is
/// about the same for all servers.
inline constexpr double kernel_kib_per_connection = 8;

/// What one resource asks for.
struct Need {
    std::string resource;  ///< "memory", "threads", "connections", "CPU"
    double servers = 0;    ///< not rounded
};

struct Bill {
    double at_once = 0;         ///< requests under way at the same time
    double processes = 0;       ///< of a server that serves only so many at once
    double kib_per_client = 0;  ///< memory of a client, all in
    double threads_per_client = 0;
    double cpu_ms_per_request = 0;
    std::array<Need, 4> needs;
    Need binding;     ///< the greatest
    int servers = 0;  ///< rounded up
    double monthly = 0;
};

/// As JSON, for the report.
std::string to_json(const Application& application);

/// Nothing if the server has served nobody, or its figures can't be read on this system.
std::optional<Bill> bill_for(const Result& server, const Application& application);

/// The formula in words and numbers, a line each, at most 80 columns wide.
std::vector<std::string> formula(const Application& application);

}  // namespace six::bench
