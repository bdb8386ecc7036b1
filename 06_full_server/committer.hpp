// The thread that waits for the disk, so that no loop does: items that gather meanwhile are
// its next group. Read before: group_commit.hpp.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "06_full_server/group_commit.hpp"

namespace six::full {

/// The one thread that writes to the database. Thread-safe.
class Committer {
  public:
    struct Limits {
        std::size_t queued = 10'000;  ///< items that wait; a batch above that is refused
        std::size_t batch = 256;      ///< items in one transaction
        std::size_t bytes = 256 * 1024 * 1024;  ///< of those that wait or are being saved
    };

    Committer(ItemStore& store, const Limits& limits);
    /// Commits what is still queued, then joins the thread: blocks until then.
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Queues a batch; never blocks. It is sent back when the disk has it, or refused (503)
    /// at once when the queue is full.
    void save(std::unique_ptr<Batch> batch);

    const Limits& limits() const noexcept { return limits_; }
    /// How many items wait; how many transactions and items there have been. Any thread.
    std::size_t queued() const;
    GroupCommit::Counts& counts() noexcept { return counts_; }
    const GroupCommit::Counts& counts() const noexcept { return counts_; }

  private:
    void work();
    bool take(std::unique_ptr<Batch>& batch);
    GroupCommit::Group next_group();
    /// How many of a transaction's items it counts for: an upload wants one for itself.
    std::size_t share_of(const Batch& batch) const;

    GroupCommit::Counts counts_;
    GroupCommit group_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<Batch>> queue_;  // guarded by mutex_
    std::size_t queued_ = 0;                    // guarded by mutex_: the items in it
    std::atomic<std::size_t> bytes_ = 0;        // of these, and of those being saved
    bool closing_ = false;                      // guarded by mutex_
    std::thread thread_;                        // last: it uses all of the above
};

}  // namespace six::full
