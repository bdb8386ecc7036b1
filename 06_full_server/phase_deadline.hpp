// One time limit after another, for one connection: so long to begin a request, so long for
// its head, so long for its body … A limit is set with every wait and reached almost never,
// so setting one has to cost nothing. Read before: 05_coroutines/cancellation.hpp. Read
// next: request.hpp.
#pragma once

#include <algorithm>

#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/cancellation.hpp"

namespace six::full {

/// Cancels a scope when a time is over that may be moved again and again. Loop's thread
/// only.
///
/// Moving it is a store or two. There is a timer, but it doesn't follow: it looks at the
/// time limit at least every `shortest`, and sees what has become of it. No limit is
/// shorter, so none is missed or found late.
class PhaseDeadline {
  public:
    /// Loop and scope are borrowed. `shortest`: the least that `begin` is ever given.
    PhaseDeadline(EventLoop& loop, Duration shortest, CancellationScope& scope)
        : loop_(loop), shortest_(shortest), scope_(scope) {
        look();
    }
    ~PhaseDeadline() { loop_.cancel(timer_); }
    PhaseDeadline(const PhaseDeadline&) = delete;
    PhaseDeadline& operator=(const PhaseDeadline&) = delete;

    // #region begin
    /// A phase begins: it may last for `limit`. Takes the place of the limit before.
    void begin(Duration limit) noexcept {
        began_ = loop_.now();
        due_ = began_ + limit;
    }
    // #endregion
    /// The phase may last longer by `more`, but not longer than `most` from now on. Neither
    /// is negative, and `most` not shorter than `shortest`.
    void extend(Duration more, Duration most) noexcept {
        due_ = std::min(due_ + more, std::max(due_, loop_.now() + most));
    }
    /// How long the phase has lasted.
    Duration elapsed() const noexcept { return loop_.now() - began_; }
    /// How much time it has left.
    Duration left() const noexcept { return due_ - loop_.now(); }
    bool expired() const noexcept { return timer_.number == 0; }

  private:
    void look();

    EventLoop& loop_;
    const Duration shortest_;
    CancellationScope& scope_;
    TimePoint began_;
    TimePoint due_ = TimePoint::max();
    TimerId timer_;  // none: it has looked for the last time
};

}  // namespace six::full
