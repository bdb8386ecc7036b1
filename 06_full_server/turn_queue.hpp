// What a loop reads in one turn belongs together: it is handed on at the end of the turn,
// in one piece. Read before: group_commit.hpp. Read next: committer.hpp (a thread that
// commits), sqlite_database.cpp, where both meet.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "04_event_loop/event_loop.hpp"
#include "06_full_server/group_commit.hpp"

namespace six::full {

/// Gathers the items of one turn of a loop. Loop's thread only; the loop is borrowed.
class TurnQueue {
  public:
    using HandOn = std::function<void(std::deque<Waiting>)>;

    TurnQueue(EventLoop& loop, HandOn hand_on)
        : loop_(loop), hand_on_(std::move(hand_on)) {}
    ~TurnQueue() { loop_.cancel(timer_); }
    TurnQueue(const TurnQueue&) = delete;
    TurnQueue& operator=(const TurnQueue&) = delete;

    // #region turn
    /// The item is handed on when this turn of the loop is over, with all others that came
    /// in it.
    void add(Waiting item) {
        if (queue_.empty()) {
            timer_ = loop_.call_after(Duration::zero(),
                                      [this] { hand_on_(std::exchange(queue_, {})); });
        }
        queue_.push_back(std::move(item));
    }
    // #endregion

  private:
    EventLoop& loop_;
    const HandOn hand_on_;
    std::deque<Waiting> queue_;
    TimerId timer_;
};

}  // namespace six::full
