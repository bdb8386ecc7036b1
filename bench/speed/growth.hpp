// What grows with the number of connections, of loops, of timers. Read before: matches.hpp.
#pragma once

#include <cstddef>
#include <vector>

#include "bench/speed/matches.hpp"

namespace six::speed {

/// Those that are measured on more and more connections: 02 (a thread for each), 04 and 06.
std::vector<Contestant> growers_among(const std::vector<Contestant>& contestants);

/// 06 with one loop and with two, on both cores. On a machine with two of them the load
/// generator takes its part of one: that is what is measured, not what two loops can do.
Match play_loops(const Contestant& six, int connections, const Workshop& workshop,
                 const Pace& pace);

/// What an operation on 04's timers costs while `armed` others are: in this process, in
/// `rounds` rounds of some ten thousand each. Blocks for up to a second or so.
TimerCost cost_of_timers(std::size_t armed, int rounds);

}  // namespace six::speed
