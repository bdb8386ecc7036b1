// The other place for the commit: the loop's own thread, once in a turn. No thread, no
// lock, and the turn is a natural group; but the loop waits for the disk, and with it
// everybody. Here to be measured (`--commit-on loop`). Read before: group_commit.hpp,
// committer.hpp.
#pragma once

#include <cstddef>
#include <deque>

#include "04_event_loop/event_loop.hpp"
#include "06_full_server/group_commit.hpp"

namespace six::full {

/// Loop's thread only. All are borrowed.
class TurnCommitter {
  public:
    TurnCommitter(EventLoop& loop, ItemStore& store, GroupCommit::Counts& counts)
        : loop_(loop), group_(store, counts) {}
    ~TurnCommitter() { loop_.cancel(timer_); }
    TurnCommitter(const TurnCommitter&) = delete;
    TurnCommitter& operator=(const TurnCommitter&) = delete;

    // #region turn
    /// The item is committed when this turn of the loop is over, with all others that came
    /// in it. Always true.
    [[nodiscard]] bool try_save(Waiting item) {
        if (queue_.empty())
            timer_ = loop_.call_after(Duration::zero(), [this] { commit_all(); });
        queue_.push_back(std::move(item));
        return true;
    }
    // #endregion

  private:
    void commit_all() {
        std::deque<Waiting> all = std::move(queue_);
        queue_.clear();
        while (!all.empty()) group_.commit(GroupCommit::next_batch(all, all.size()));
    }

    EventLoop& loop_;
    GroupCommit group_;
    std::deque<Waiting> queue_;
    TimerId timer_;
};

}  // namespace six::full
