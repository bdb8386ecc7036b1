#include "04_event_loop/clock.hpp"

namespace six {

Clock& steady_clock() {
    class SteadyClock final : public Clock {
        TimePoint now() const override { return std::chrono::steady_clock::now(); }
    };
    static SteadyClock clock;
    return clock;
}

}  // namespace six
