// Clients that keep the server waiting: each pauses between the head of its request and the
// body. Here a thread costs what it is there for. Read before: matches.hpp. Read next:
// holding.hpp (what those who wait cost in memory).
#pragma once

#include <vector>

#include "bench/speed/matches.hpp"

namespace six::speed {

/// A POST whose body comes 50 ms after its head.
Question hesitant_post();

/// Those among `contestants` that can wait for so many clients, as they do it best: 02 as a
/// pool with a thread for each, 05 and 06. They keep the items in memory: the disk is
/// measured elsewhere. And the limit, which keeps nothing.
std::vector<Contestant> waiters_among(const std::vector<Contestant>& contestants,
                                      int connections);

/// Measures them. Takes about `pace.turn` times the rounds for each.
Match play_waits(const std::vector<Contestant>& contestants, int connections,
                 const Workshop& workshop, const Pace& pace);

}  // namespace six::speed
