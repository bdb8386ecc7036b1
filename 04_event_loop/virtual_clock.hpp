// A clock that tests move by hand: hours pass in no time, and always in the same way.
#pragma once

#include "04_event_loop/clock.hpp"

namespace six {

/// Stands still until it is advanced, or until a loop under it has nothing to do: then it
/// jumps to the next timer. So the loop never sleeps. It belongs to the loop's thread.
///
/// The loop looks first at what is ready, without waiting, and only then lets time pass.
/// This is exact when all the loop waits for is done on its own thread: by timers, by
/// `post`, and on sockets whose other end the test or another callback uses. (Prefer
/// socketpair(2): what is written to one end can be read at the other at once. TCP does not
/// promise that.)
///
/// Real time doesn't exist here, so the loop can't wait for another thread: while a pool
/// works on something, every timer fires. Test that with the steady clock.
class VirtualClock final : public Clock {
  public:
    TimePoint now() const override { return now_; }
    void advance(Duration time) { now_ += time; }

    bool is_virtual() const override { return true; }
    /// Throws std::logic_error when there is no next timer: nothing is ready, and so
    /// nothing could ever happen again. A loop under a steady clock would hang there.
    void skip_to(std::optional<TimePoint> next) override;

  private:
    TimePoint now_{std::chrono::hours{24}};  // the same in every run
};

}  // namespace six
