// What a client costs that does nothing, and one that the server waits for: in memory.
// Read before: running_server.hpp.
#pragma once

#include <string>
#include <vector>

#include "bench/speed/matches.hpp"
#include "bench/speed/results.hpp"
#include "bench/speed/running_server.hpp"

namespace six::speed {

struct Memory {
    double user = 0;
    double kernel = 0;
};

/// What a process and the kernel have in memory, in bytes.
///
/// `user`: what of it is the process's own, and of what it shares its part (Pss in
/// /proc/PID/smaps_rollup). `kernel`: of the whole machine, Slab, KernelStack and
/// PageTables in /proc/meminfo. So a difference of two has in it what other programs did
/// meanwhile, and of each connection both ends: what the server "limit" has is the price of
/// the sockets, and what others have beyond that is theirs. Not in it: buffers with bytes
/// on their way (there are none).
Memory memory_of(pid_t process);

/// Opens so many connections to each of ours and to the limit, on each of which one request
/// is answered, and says what each costs. Then sends the head of a POST on each, and waits
/// until the server asks for the body (100 Continue). Before the first look 64 others have
/// done the same, and stay: what is allocated once doesn't count. 02 has a thread for each
/// client. All of them in turn, as many times as there are rounds. Blocks.
std::vector<Holding> hold_all(const std::vector<Contestant>& contestants, int connections,
                              const Workshop& workshop, const Pace& pace);

}  // namespace six::speed
