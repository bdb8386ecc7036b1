// All clients of a load against one server that runs already, and what comes of it.
// Read before: load.hpp (the plan), client.hpp (one of the clients).
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <vector>

#include "01_blocking/stop_signal.hpp"
#include "bench/client.hpp"
#include "bench/histogram.hpp"
#include "bench/load.hpp"
#include "bench/process_stats.hpp"

namespace six::bench {

/// One look at the run, ten times a second.
struct Moment {
    Seconds at{0};  ///< since the run's start
    int in_service =
        0;            ///< clients whose body the server has asked for and not answered yet
    int outside = 0;  ///< have come, and wait for the server to ask for their body
    int saved = 0;    ///< answered so far
    int threads = 0;  ///< of the server, like the memory (in KiB)
    double memory = 0;
    bool operator==(const Moment&) const = default;
};

/// What a run has shown. Counted clients, latencies: load.hpp says which.
struct RunFigures {
    int served = 0;           ///< counted clients who got 200 and their item's number
    int refused = 0;          ///< counted clients who got something else
    int out_of_reach = 0;     ///< how often this machine had no socket for a counted client
    int most_in_service = 0;  ///< the greatest number of clients served at the same time
    int saved_in_window = 0;  ///< answers in the steady window, of all clients
    /// Of the served ones: from the scheduled moment to the answer, without the client's
    /// own pause.
    Histogram latency;
    /// How late this generator let its clients come: part of the latency.
    Histogram lateness;
    std::optional<std::chrono::nanoseconds> cpu_in_window;  ///< of the server
    /// Of all other programs but this generator: they disturb.
    std::chrono::nanoseconds others_in_window{0};
    Memory peak;      ///< of the server, when all of it together was greatest
    int threads = 0;  ///< of the server, at most
    std::vector<Moment> moments;
};

/// SIGINT or SIGTERM came.
class Interrupted {};

/// Called ten times a second.
using Watcher = std::function<void(const Moment&)>;

/// Blocks until the run is over, at most `load.longest()`. Clients who are not done then
/// are sent away. Throws Interrupted.
RunFigures run_load(const Load& load, const ServerAddress& server, pid_t process,
                    const StopSignal& stop, const Watcher& watcher);

/// Blocks until one client without a pause has been served; at most five seconds. False: it
/// wasn't. For finding out whether a server works, and for warming it up.
bool serves_a_client(const ServerAddress& server);

}  // namespace six::bench
