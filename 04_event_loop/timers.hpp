// Callbacks at points in time, for the event loop. Sans-IO: knows no clock, sleeps never.
// Read next: timers.cpp, event_loop.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "04_event_loop/callback.hpp"

namespace six {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Names a timer, so that it can be cancelled. Never reused; the default value names none.
struct TimerId {
    TimePoint due{};
    std::uint64_t number = 0;
};

/// An ordered set of callbacks and their times. Adding, cancelling and firing cost O(log
/// n). Not thread-safe.
class Timers {
  public:
    TimerId add(TimePoint due, Callback callback);
    /// True if the timer was waiting; false if it has fired, was cancelled or never was.
    bool cancel(TimerId id);
    /// When the next timer is due, or nothing if there is none.
    std::optional<TimePoint> next() const;
    /// Calls every timer that is due at `now`, in order of time, those of one time in the
    /// order of adding. A callback may add and cancel; a timer that it adds waits for the
    /// next call. Returns how many were called. When a callback throws, the others stay
    /// due.
    std::size_t fire(TimePoint now) { return fire(now, last_number_); }
    /// The same for those timers only whose number is not above `last`.
    std::size_t fire(TimePoint now, std::uint64_t last);
    /// The number of the timer that was added last. Numbers count up from 1.
    std::uint64_t last_number() const noexcept { return last_number_; }
    /// Destroys all callbacks, uncalled. Their destructors may cancel.
    void clear();
    std::size_t size() const noexcept { return timers_.size(); }

  private:
    using Key = std::pair<TimePoint, std::uint64_t>;  // the number makes it unique

    std::uint64_t last_number_ = 0;
    std::map<Key, Callback> timers_;
};

}  // namespace six
