#include "04_event_loop/timers.hpp"

#include <cassert>

namespace six {

TimerId Timers::add(TimePoint due, Callback callback) {
    assert(callback);
    // Most servers' timers have the same delay, so that the new one is the last: then the
    // hint saves the search.
    timers_.emplace_hint(timers_.end(), Key{due, ++last_number_}, std::move(callback));
    return {due, last_number_};
}

bool Timers::cancel(TimerId id) {
    if (id.number == 0) return false;  // cheap, for those who cancel just in case
    // Taken out first, destroyed then: what the callback owns may cancel other timers.
    return !timers_.extract({id.due, id.number}).empty();
}

std::optional<TimePoint> Timers::next() const {
    if (timers_.empty()) return std::nullopt;
    return timers_.begin()->first.first;
}

std::size_t Timers::fire(TimePoint now, std::uint64_t last) {
    std::size_t fired = 0;
    auto timer = timers_.begin();
    while (timer != timers_.end() && timer->first.first <= now) {
        const Key key = timer->first;
        if (key.second > last) {  // too new
            ++timer;
            continue;
        }
        // Out of the map before it is called: it may cancel anything, itself too. And gone
        // before the next is looked up, since what it owned may do so as well.
        timers_.extract(timer).mapped()();
        ++fired;
        timer = timers_.upper_bound(key);
    }
    return fired;
}

void Timers::clear() {
    while (!timers_.empty()) timers_.extract(timers_.begin());
}

}  // namespace six
