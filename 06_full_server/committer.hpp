// The thread that waits for the disk, so that no loop does: items that gather meanwhile are
// its next group. Read before: group_commit.hpp.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "06_full_server/group_commit.hpp"

namespace six::full {

/// The one thread that writes to the database. Thread-safe.
class Committer {
  public:
    struct Limits {
        std::size_t queued = 10'000;  ///< items that may wait; more are refused
        std::size_t batch = 256;      ///< items in one transaction
    };

    Committer(ItemStore& store, const Limits& limits);
    /// Commits what is still queued, then joins the thread: blocks until then.
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Queues items; never blocks. They are told on the committer's thread; those for which
    /// there is no room (503), at once.
    void save(std::deque<Waiting> items);

    /// How many items wait; how many transactions and items there have been. Any thread.
    std::size_t queued() const;
    GroupCommit::Counts& counts() noexcept { return counts_; }
    const GroupCommit::Counts& counts() const noexcept { return counts_; }

  private:
    void work();
    std::vector<Waiting> next_batch();

    GroupCommit::Counts counts_;
    GroupCommit group_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> queue_;  // guarded by mutex_
    bool closing_ = false;       // guarded by mutex_
    std::jthread thread_;        // last: it ends before the queue goes
};

}  // namespace six::full
