// What the ladder has measured, as plain values: the table, the report and the bill are
// made of these, and a JSON file keeps them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/load.hpp"
#include "bench/process_stats.hpp"
#include "bench/run.hpp"

namespace six::bench {

/// How late `percent` of all counted clients were answered at most, in milliseconds.
/// Nothing: so many were never served that this one wasn't either.
struct Percentile {
    double percent = 0;
    std::optional<double> ms;
    bool operator==(const Percentile&) const = default;
};

/// Where the time of the requests went that the server had taken, in per cent. What clients
/// wait in line before that is not in it: `Result::in_line`.
struct Shares {
    double client = 0;
    double database = 0;
    double cpu = 0;  ///< running, or ready to run
    bool operator==(const Shares&) const = default;
};

/// One server under one load.
struct Result {
    std::string name;      ///< "04 event loop"
    std::string command;   ///< as it was started
    std::string failure;   ///< why it could not be measured; empty: it was
    int counted = 0;       ///< clients that are counted (load.hpp)
    int served = 0;        ///< of them
    int refused = 0;       ///< of them: got something else than 200
    int out_of_reach = 0;  ///< of them: this machine had no socket for them
    int at_once = 0;       ///< clients served at the same time, at most
    double requests_per_second = 0;
    std::vector<Percentile> latency;
    double lateness_ms =
        0;  ///< of the generator, 99 % of its clients at most: in the latency
    int threads = 0;
    Memory idle;                               ///< after one request
    Memory peak;                               ///< when all of it together was greatest
    std::optional<double> cpu_ms_per_request;  ///< user and system, in the window
    double cpu_share = 0;                      ///< of one core, in the window
    double others_share = 0;  ///< of all cores, in the window, used by other programs
    std::optional<Shares> shares;
    std::vector<Moment> moments;

    int never_served() const { return counted - served; }
    /// How much of their time, in per cent, clients stood in line before the server took
    /// them.
    double in_line() const;
    /// Of all counted clients; a percentile that wasn't taken counts as never.
    std::optional<double> latency_ms(double percent) const;
    /// What the load added, in KiB.
    Memory memory_growth() const { return growth(idle, peak); }
    bool operator==(const Result&) const = default;
};

/// All servers under one load.
struct LoadResults {
    Load load;
    std::vector<Result> servers;
    bool operator==(const LoadResults&) const = default;
};

/// Where it was measured.
struct MachineInfo {
    std::string date;  ///< "2024-05-31"
    std::string cpu;   ///< the model
    int cores = 0;
    double memory_gib = 0;
    std::string system;    ///< "Linux 6.1.0 x86_64, Debian GNU/Linux 12"
    std::string compiler;  ///< "g++ 12.2.0, Release"
    double kernel_stack_kib = 0;
    bool operator==(const MachineInfo&) const = default;
};

struct Results {
    std::string command;  ///< the ladder's own command line
    MachineInfo machine;
    std::vector<std::string> notes;  ///< what was different from what was asked for
    std::vector<LoadResults> loads;
    bool operator==(const Results&) const = default;
};

/// Fills in what follows from a run. `result` keeps its name, command and idle memory.
void add_figures(Result& result, const Load& load, RunFigures figures);

/// As JSON, and back. `from_json` throws std::runtime_error that says what is wrong.
std::string to_json(const Results& results);
Results from_json(const std::string& text);

}  // namespace six::bench
