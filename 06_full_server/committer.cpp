#include "06_full_server/committer.hpp"

#include <algorithm>
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
    thread_.join();
}

void Committer::save(std::unique_ptr<Batch> batch) {
    if (take(batch)) return changed_.notify_one();
    for (Batch::Item& item : batch->items)
        item.saved.failed.emplace(503, "the database is too far behind");
    Batch::send_back(std::move(batch));
}

bool Committer::take(std::unique_ptr<Batch>& batch) {
    const std::scoped_lock lock(mutex_);
    if (queued_ + batch->items.size() > limits_.queued) return false;
    if (bytes_ + batch->bytes > limits_.bytes) return false;
    queued_ += batch->items.size();
    bytes_ += batch->bytes;
    queue_.push_back(std::move(batch));
    return true;
}

// #region group-commit
void Committer::work() {
    while (true) {
        GroupCommit::Group group = next_group();
        if (group.empty()) return;  // closing, and nothing left to do
        // Sleeps until the disk has it. Meanwhile the next group gathers.
        group_.commit(group);
        for (const auto& batch : group) bytes_ -= batch->bytes;
        GroupCommit::send_back(std::move(group));
    }
}

GroupCommit::Group Committer::next_group() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !queue_.empty() || closing_; });
    GroupCommit::Group group;
    std::size_t room = limits_.batch;
    while (!queue_.empty() && share_of(*queue_.front()) <= room) {
        room -= share_of(*queue_.front());
        queued_ -= queue_.front()->items.size();
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return group;
}
// #endregion

std::size_t Committer::share_of(const Batch& batch) const {
    return batch.is_upload() ? limits_.batch : std::min(batch.items.size(), limits_.batch);
}

std::size_t Committer::queued() const {
    const std::scoped_lock lock(mutex_);
    return queued_;
}

}  // namespace six::full
