#include "06_full_server/committer.hpp"

#include <utility>

namespace six::full {

Committer::Committer(ItemStore& store, const Limits& limits)
    : group_(store, counts_), limits_(limits), thread_([this] { work(); }) {}

Committer::~Committer() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    changed_.notify_one();
}

void Committer::save(std::deque<Waiting> items) {
    {
        const std::scoped_lock lock(mutex_);
        while (!items.empty() && queue_.size() < limits_.queued) {
            queue_.push_back(std::move(items.front()));
            items.pop_front();
        }
    }
    changed_.notify_one();
    const http::Error full(503, "the database is too far behind");
    for (const Waiting& item : items) item.done({full, 0});
}

// #region group-commit
void Committer::work() {
    while (true) {
        std::vector<Waiting> batch = next_batch();
        if (batch.empty()) return;  // closing, and nothing left to do
        // Sleeps until the disk has it. Meanwhile the next batch gathers.
        group_.commit(std::move(batch));
    }
}

std::vector<Waiting> Committer::next_batch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !queue_.empty() || closing_; });
    return GroupCommit::next_batch(queue_, limits_.batch);
}
// #endregion

std::size_t Committer::queued() const {
    const std::scoped_lock lock(mutex_);
    return queue_.size();
}

}  // namespace six::full
