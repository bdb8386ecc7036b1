// Group commit: all items that are waiting when the disk becomes free go to it together. A
// commit waits for the disk once, however many rows it has: the more clients wait, the less
// each costs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/outcome.hpp"
#include "05_coroutines/task.hpp"
#include "06_full_server/spool.hpp"
#include "common/items/item_store.hpp"

namespace six::full {

/// The one thread that writes to the database. Thread-safe.
class Committer {
  public:
    using Done = std::function<void(Outcome<std::int64_t>)>;

    struct Limits {
        std::size_t queued = 10'000;  ///< items that may wait; more are refused
        std::size_t batch = 256;      ///< items in one transaction
    };

    Committer(ItemStore& store, const Limits& limits);
    /// Commits what is still queued, then joins the thread: blocks until then.
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Queues an item; never blocks. `done` is called once, on the committer's thread,
    /// after the item is durable or refused. False, and `done` is not called, when the
    /// queue is full.
    [[nodiscard]] bool try_save(std::string body, Done done);
    /// The same for an item that is large. It gets a transaction of its own, which lasts as
    /// long as the disk needs for it; the others wait meanwhile.
    [[nodiscard]] bool try_save(std::shared_ptr<const Spool> upload, Done done);

    /// How many items wait; how many transactions and items there have been. Any thread.
    std::size_t queued() const;
    std::uint64_t commits() const noexcept { return commits_; }
    std::uint64_t committed() const noexcept { return committed_; }

  private:
    struct Waiting {
        std::string body;
        std::shared_ptr<const Spool> upload;  // in place of a body
        Done done;
    };
    bool try_add(Waiting item);
    void work();
    std::vector<Waiting> next_batch();
    void commit(std::vector<Waiting> batch);
    void commit_alone(const Waiting& item);
    std::int64_t save(const Waiting& item);
    void count(std::size_t items);

    ItemStore& store_;
    const Limits limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> queue_;  // guarded by mutex_
    bool closing_ = false;       // guarded by mutex_
    std::atomic<std::uint64_t> commits_ = 0;
    std::atomic<std::uint64_t> committed_ = 0;
    std::jthread thread_;  // last: it ends before the queue goes
};

/// Suspends until the item is durable and returns its id. Throws http::Error (503) when the
/// database refuses it or too many are waiting, and Cancelled; but what is on its way to
/// the disk gets there. The loop must outlive the committer.
Task<std::int64_t> save(Committer& committer, EventLoop& loop, std::string body);
Task<std::int64_t> save(Committer& committer, EventLoop& loop,
                        std::shared_ptr<const Spool> upload);

}  // namespace six::full
