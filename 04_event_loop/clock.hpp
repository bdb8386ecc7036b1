// Where an event loop takes its time from. Read next: event_loop.hpp; for tests,
// virtual_clock.hpp.
#pragma once

#include <optional>

#include "04_event_loop/timers.hpp"

namespace six {

/// Tells the time. Tests put a clock of their own in its place and need no sleep.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
    /// True for a clock under which a loop must not wait: it calls `skip_to` instead.
    virtual bool is_virtual() const { return false; }
    /// Called when nothing is ready and the next timer is due at `next` (none: no timer is
    /// set).
    virtual void skip_to(std::optional<TimePoint> /*next*/) {}
};

/// std::chrono::steady_clock. Lives for the whole program; any thread.
Clock& steady_clock();

}  // namespace six
