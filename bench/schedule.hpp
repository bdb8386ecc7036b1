// Lets the clients of a load come when they are due. Read before: load.hpp. Read next:
// client.hpp.
#pragma once

#include <cstddef>
#include <functional>

#include "05_coroutines/awaiters.hpp"
#include "05_coroutines/task.hpp"
#include "bench/load.hpp"

namespace six::bench {

Duration to_duration(Seconds time);

/// Calls `come(index, due)` for each client of the load, in order, as soon as it is due.
/// One that takes long makes the next ones late and shifts nothing: each is due when the
/// load says, counted from `start`. Suspends until the last one has come. Throws Cancelled.
Task<void> keep_schedule(EventLoop& loop, const Load& load, TimePoint start,
                         std::function<void(std::size_t, TimePoint)> come);

}  // namespace six::bench
