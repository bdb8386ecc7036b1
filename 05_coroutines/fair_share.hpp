// How much of one turn of the loop a task may have. Read next: server.cpp.
#pragma once

#include "04_event_loop/event_loop.hpp"

namespace six {

/// Sees to it that nobody keeps the loop for itself. A client that sends its requests
/// faster than they are answered never has to be waited for: its task would go on for ever,
/// and all others would wait. Loop's thread only.
///
///     if (share.used_up(&client)) co_await sleep_for(loop, Duration::zero());
class FairShare {
  public:
    /// So many `times` in one turn a task may go on. The loop is borrowed.
    explicit FairShare(EventLoop& loop, int times = 16) : loop_(loop), times_(times) {}

    /// `who` is going to go on. True: it has had its share, let the others have a turn.
    bool used_up(const void* who) {
        const TimePoint turn = loop_.now();
        if (who != last_ || turn != turn_) went_on_ = 0;
        last_ = who;
        turn_ = turn;
        return ++went_on_ > times_;
    }

  private:
    EventLoop& loop_;
    const int times_;
    const void* last_ = nullptr;  // one that waits lets another in between
    TimePoint turn_;
    int went_on_ = 0;
};

}  // namespace six
