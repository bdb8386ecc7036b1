#include "bench/schedule.hpp"

namespace six::bench {

Duration to_duration(Seconds time) {
    return std::chrono::duration_cast<Duration>(time);
}

Task<void> keep_schedule(EventLoop& loop, const Load& load, TimePoint start,
                         std::function<void(std::size_t, TimePoint)> come) {
    for (std::size_t index = 0; index < load.arrivals(); ++index) {
        const TimePoint due = start + to_duration(load.arrival(index));
        co_await sleep_until(loop, due);
        come(index, due);
    }
}

}  // namespace six::bench
