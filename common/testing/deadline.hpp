// How long a test waits for something that must happen before it calls it a failure.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace six::testing {

/// A wait was over before what it waited for had come, or the other side ended it. The
/// message names what was waited for.
class WaitFailed : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The end of a wait. A test never sleeps: it waits for an event, and a deadline is only
/// there so that a test whose event never comes fails instead of hanging.
class Deadline {
  public:
    static constexpr std::chrono::milliseconds usual{10'000};

    /// Starts now. The time is multiplied by the environment variable SIX_TEST_TIME_SCALE,
    /// for runs that are slow for a good reason (sanitizers, a loaded machine).
    explicit Deadline(std::chrono::milliseconds time = usual);

    /// What is left, rounded up, never below zero: a timeout for poll(2).
    int left_ms() const;
    bool over() const { return left_ms() == 0; }
    /// Throws WaitFailed: "waited 10 s for WHAT".
    [[noreturn]] void fail(const std::string& what) const;

  private:
    std::chrono::milliseconds time_;
    std::chrono::steady_clock::time_point end_;
};

/// Calls `condition` until it is true, a thousand times a second at most. Throws
/// WaitFailed. For facts that nobody announces, such as the number of another process's
/// threads.
template <typename Condition>
void wait_until(const std::string& what, Condition condition,
                Deadline deadline = Deadline());

/// Blocks for about a millisecond, the interval of `wait_until`.
void pause_between_looks();

template <typename Condition>
void wait_until(const std::string& what, Condition condition, Deadline deadline) {
    while (!condition()) {
        if (deadline.over()) deadline.fail(what);
        pause_between_looks();
    }
}

}  // namespace six::testing
