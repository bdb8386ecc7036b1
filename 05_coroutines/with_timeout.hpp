// Tasks that are ended early, or not: each of these runs a task in a scope of its own, and
// differs in what cancels that scope. Read before: cancellation.hpp, task.hpp.
#pragma once

#include <stdexcept>

#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/task.hpp"

namespace six {

/// Thrown, not returned: a time-out leaves all the functions between the deadline and the
/// wait, which have nothing to say about it.
class TimedOut : public std::runtime_error {
  public:
    TimedOut() : std::runtime_error("timed out") {}
};

/// Cancels a scope when a time is over. Loop's thread only.
class Deadline {
  public:
    Deadline(EventLoop& loop, Duration limit, CancellationScope& scope)
        : loop_(loop), timer_(loop.call_after(limit, [this, &scope] {
              expired_ = true;
              scope.cancel();
          })) {}
    ~Deadline() { loop_.cancel(timer_); }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    bool expired() const noexcept { return expired_; }

  private:
    EventLoop& loop_;
    bool expired_ = false;
    TimerId timer_;
};

/// Gives the task's result, or cancels it when the time is over, waits until it has ended,
/// and throws TimedOut. If it ends with a result or an error all the same, that counts.
/// Throws Cancelled when it is cancelled itself.
template <class T>
Task<T> with_timeout(EventLoop& loop, Duration limit, Task<T> task) {
    CancellationScope& ours = co_await current_scope();
    CancellationScope scope;
    const ScopeLink link(ours, scope);
    const Deadline deadline(loop, limit, scope);
    try {
        co_return co_await std::move(task).in(scope);
    } catch (const Cancelled&) {
        if (ours.cancelled() || !deadline.expired()) throw;
    }
    throw TimedOut();
}

/// Gives the task's result. It can't be cancelled, not even if we are already: for what has
/// to be said before leaving. Put a time-out inside.
template <class T>
Task<T> shielded(Task<T> task) {
    CancellationScope scope;
    co_return co_await std::move(task).in(scope);
}

}  // namespace six
