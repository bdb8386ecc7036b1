// One rung of the ladder, from its start to its figures: starts the server with a new
// database, warms it up, lets the clients of a load come, stops it.
#pragma once

#include <filesystem>

#include "bench/results.hpp"
#include "bench/rungs.hpp"

namespace six::bench {

/// Where the servers are, and where they may write.
struct Workshop {
    std::filesystem::path programs;  ///< the folder of the executables
    std::filesystem::path
        databases;  ///< on a disk, not in memory; each database goes at the end
};

/// Blocks until the load is over. A server that is missing or doesn't work is a result with
/// a `failure`. Throws Interrupted.
Result measure(const Rung& rung, const Load& load, const Workshop& workshop,
               const StopSignal& stop, const Watcher& watcher);

/// Where the time of its requests goes: a short run of its own with `--trace`, which would
/// disturb the others' figures. Nothing if there is no trace to be read. Throws
/// Interrupted.
std::optional<Shares> measure_shares(const Rung& rung, const Load& load,
                                     const Workshop& workshop, const StopSignal& stop,
                                     const Watcher& watcher);

}  // namespace six::bench
