// The matches of the benchmark: GET /health, and the durable POST. Read before:
// running_server.hpp, rounds.hpp, results.hpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/speed/results.hpp"
#include "bench/speed/running_server.hpp"

namespace six::speed {

/// How long each server is measured, and how often.
struct Pace {
    std::chrono::nanoseconds turn{std::chrono::milliseconds(500)};
    RoundsWanted wanted;
    /// Told what is being done; may throw.
    std::function<void(const std::string& line)> tell = [](const std::string&) {};
};

/// No fields but those that must be: what wrk sends, too.
std::string health_request();
/// The same, with a body of 200 bytes.
std::string post_request();

/// What a match is about.
struct Discipline {
    std::string what;  ///< as `Match::what` has it
    Question question;
    std::string base;  ///< key of the server whose rate is 1; or else the first one's is
};

/// Starts all of them, warms each up, and measures them in rounds. A server that is missing
/// or fails has its reason in its row. What is saved goes to fresh files. Where the sockets
/// are too few for all servers at once, the clients of each come for its turn, and leave.
/// One thread: the caller's.
Match play_match(const std::vector<Contestant>& contestants, int connections,
                 const Discipline& discipline, const Workshop& workshop, const Pace& pace);

/// GET /health.
Match play_health(const std::vector<Contestant>& contestants, int connections,
                  const Workshop& workshop, const Pace& pace);
/// The durable POST, with those who save.
Match play_post(const std::vector<Contestant>& contestants, int connections,
                const Workshop& workshop, const Pace& pace);

}  // namespace six::speed
