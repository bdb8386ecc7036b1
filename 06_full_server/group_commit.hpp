// Group commit: items that wait at the same time go to the disk together. A transaction
// waits for the disk once, however many rows it has: the more clients wait, the less each
// costs. Read next: turn_queue.hpp, committer.hpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "04_event_loop/outcome.hpp"
#include "06_full_server/spool.hpp"
#include "common/items/item_store.hpp"

namespace six::full {

/// An item that waits to be saved, and who is to be told.
struct Waiting {
    using Done = std::function<void(Outcome<std::int64_t>)>;

    Waiting(std::string item, Done tell) : body(std::move(item)), done(std::move(tell)) {}
    Waiting(std::shared_ptr<const Spool> item, Done tell)
        : upload(std::move(item)), done(std::move(tell)) {}

    std::string body;
    std::shared_ptr<const Spool>
        upload;  ///< in place of a body; has a transaction for itself
    Done done;   ///< called once, with the id or the error
};

/// Commits them. One thread at a time.
class GroupCommit {
  public:
    /// On any thread.
    struct Counts {
        std::atomic<std::uint64_t> commits = 0;
        std::atomic<std::uint64_t> items = 0;
    };

    /// Both are borrowed; the counts may be shared.
    GroupCommit(ItemStore& store, Counts& counts) : store_(store), counts_(counts) {}

    /// Takes from the front of `queue` what goes into one transaction: up to `most` items.
    /// Empty only if the queue is.
    template <class Queue>
    static std::vector<Waiting> next_batch(Queue& queue, std::size_t most);
    /// Saves all items, or tells each why it isn't saved. Blocks until the disk has them.
    void commit(std::vector<Waiting> batch);

  private:
    void commit_alone(const Waiting& item);
    std::int64_t save(const Waiting& item);
    void count(std::size_t items);

    ItemStore& store_;
    Counts& counts_;
};

template <class Queue>
std::vector<Waiting> GroupCommit::next_batch(Queue& queue, std::size_t most) {
    std::vector<Waiting> batch;
    while (!queue.empty() && batch.size() < most) {
        const bool alone = queue.front().upload != nullptr;
        if (alone && !batch.empty()) break;
        batch.push_back(std::move(queue.front()));
        queue.pop_front();
        if (alone) break;
    }
    return batch;
}

}  // namespace six::full
