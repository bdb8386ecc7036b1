// How late a loop is for those who come while it is busy: what a turn takes from one wait
// for events to the next. Read before: 04_event_loop/poller.hpp. Read next: metrics.hpp.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "04_event_loop/clock.hpp"
#include "04_event_loop/poller.hpp"
#include "06_full_server/metrics.hpp"

namespace six::full {

/// Another poller, with a look at the clock before and after each wait. That is no system
/// call (vdso(7)), and misses no turn, as a timer would that looks now and then.
class LagPoller final : public Poller {
  public:
    /// Clock and turns are borrowed.
    LagPoller(std::unique_ptr<Poller> poller, Durations& turns,
              const Clock& clock = steady_clock())
        : poller_(std::move(poller)), turns_(turns), clock_(clock) {}

    void add(int fd) override { poller_->add(fd); }
    void remove(int fd) noexcept override { poller_->remove(fd); }
    void arm(int fd, Interest interest) override { poller_->arm(fd, interest); }
    bool edge_triggered() const override { return poller_->edge_triggered(); }

    // #region wait
    std::span<const Readiness> wait(Timeout timeout) override {
        if (turn_began_) turns_.add(clock_.now() - *turn_began_);
        const auto ready = poller_->wait(timeout);
        turn_began_ = clock_.now();
        return ready;
    }
    // #endregion

  private:
    const std::unique_ptr<Poller> poller_;
    Durations& turns_;
    const Clock& clock_;
    std::optional<TimePoint> turn_began_;  // none before the first
};

}  // namespace six::full
