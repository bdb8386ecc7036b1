// Group commit: items that wait at the same time go to the disk together. A transaction
// waits for the disk once, however many rows it has: the more clients wait, the less each
// costs. Read before: batch.hpp. Read next: turn_queue.hpp, committer.hpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "06_full_server/batch.hpp"
#include "common/items/item_store.hpp"

namespace six::full {

/// Commits batches. One thread at a time.
class GroupCommit {
  public:
    /// On any thread.
    struct Counts {
        std::atomic<std::uint64_t> commits = 0;
        std::atomic<std::uint64_t> items = 0;
    };
    /// What goes into one transaction: batches of any loops, or one upload.
    using Group = std::vector<std::unique_ptr<Batch>>;

    /// Both are borrowed; the counts may be shared.
    GroupCommit(ItemStore& store, Counts& counts) : store_(store), counts_(counts) {}

    /// Saves all items, or notes for each why it isn't saved. Blocks until the disk has
    /// them.
    void commit(const Group& group);
    /// Brings the batches back to their loops.
    static void send_back(Group group);

  private:
    using Items = std::span<Batch::Item* const>;

    void save(Items items);
    void save_together(Items items);
    void save_alone(Batch::Item& item);
    std::int64_t save_one(const Batch::Item& item);
    void count(std::size_t items);

    ItemStore& store_;
    Counts& counts_;
};

}  // namespace six::full
