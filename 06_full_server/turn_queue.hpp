// What a loop reads at one time belongs together: it is handed on when the loop has gone
// round once, in one piece. Read before: batch.hpp. Read next: committer.hpp (a thread that
// commits), sqlite_database.cpp, where both meet.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "04_event_loop/event_loop.hpp"
#include "06_full_server/batch.hpp"

namespace six::full {

/// Gathers the items that a loop, which is borrowed, reads until it has gone round once.
/// Loop's thread only; must outlive the waits.
class TurnQueue {
  public:
    /// Must send back what it gets.
    using HandOn = std::function<void(std::unique_ptr<Batch>)>;

    /// At most `most` items make a batch.
    TurnQueue(EventLoop& loop, std::size_t most, HandOn hand_on)
        : loop_(loop), most_(most), hand_on_(std::move(hand_on)) {}
    ~TurnQueue() { loop_.cancel(timer_); }
    TurnQueue(const TurnQueue&) = delete;
    TurnQueue& operator=(const TurnQueue&) = delete;

    EventLoop& loop() const noexcept { return loop_; }

    // #region turn-queue
    /// The item is handed on at the end of the loop's next turn, with all others that have
    /// come until then. It stays where it is until a later turn brings it back.
    Batch::Item& add(Batch::Item item) {
        const bool alone = item.upload != nullptr;
        if (alone) hand_on();
        if (!batch_) begin();
        batch_->bytes += alone ? Spool::piece_bytes : item.body.size();
        Batch::Item& added = batch_->items.emplace_back(std::move(item));
        if (alone || batch_->items.size() == most_) hand_on();
        return added;
    }
    // #endregion

  private:
    void begin() {
        batch_ = std::make_unique<Batch>(loop_);
        timer_ = loop_.call_after(Duration::zero(), [this] { hand_on(); });
    }
    void hand_on() {
        loop_.cancel(timer_);
        if (batch_) hand_on_(std::move(batch_));
    }

    EventLoop& loop_;
    const std::size_t most_;
    const HandOn hand_on_;
    std::unique_ptr<Batch> batch_;  // null: none has been read
    TimerId timer_;
};

}  // namespace six::full
