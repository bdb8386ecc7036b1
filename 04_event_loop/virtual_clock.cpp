#include "04_event_loop/virtual_clock.hpp"

#include <algorithm>
#include <stdexcept>

namespace six {

void VirtualClock::skip_to(std::optional<TimePoint> next) {
    if (!next)
        throw std::logic_error(
            "the event loop would wait for ever: nothing is ready, no timer is set, and "
            "under "
            "a virtual clock nobody else can change that");
    now_ = std::max(now_, *next);
}

}  // namespace six
