#include "06_full_server/committer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

Committer::Committer(ItemStore& store, const Limits& limits)
    : store_(store), limits_(limits), thread_([this] { work(); }) {}

Committer::~Committer() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    changed_.notify_one();
}

bool Committer::try_save(std::string body, Done done) {
    {
        const std::scoped_lock lock(mutex_);
        if (queue_.size() >= limits_.queued) return false;
        queue_.push_back({std::move(body), std::move(done)});
    }
    changed_.notify_one();
    return true;
}

// #region group-commit
void Committer::work() {
    while (true) {
        std::vector<Waiting> batch = next_batch();
        if (batch.empty()) return;  // closing, and nothing left to do
        // Sleeps until the disk has it. Meanwhile the next batch gathers.
        commit(std::move(batch));
    }
}

std::vector<Committer::Waiting> Committer::next_batch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !queue_.empty() || closing_; });
    const auto size = static_cast<std::ptrdiff_t>(std::min(queue_.size(), limits_.batch));
    const auto end = queue_.begin() + size;
    std::vector<Waiting> batch(std::move_iterator(queue_.begin()), std::move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return batch;
}

void Committer::commit(std::vector<Waiting> batch) {
    std::vector<std::string> bodies;
    bodies.reserve(batch.size());
    for (const Waiting& item : batch) bodies.push_back(item.body);
    try {
        const std::vector<std::int64_t> pks = store_.save_all(bodies);
        count(batch.size());
        for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done({{}, pks[i]});
    } catch (const http::Error&) {
        for (Waiting& item : batch)
            commit_alone(item);  // one bad row must not fail the others
    }
}
// #endregion

void Committer::count(std::size_t items) {
    ++commits_;
    committed_ += items;
}

std::size_t Committer::queued() const {
    const std::scoped_lock lock(mutex_);
    return queue_.size();
}

void Committer::commit_alone(Waiting& item) {
    Outcome<std::int64_t> outcome;
    try {
        outcome.value = store_.save(item.body);
        count(1);
    } catch (const http::Error& error) {
        outcome.failed = error;
    }
    item.done(std::move(outcome));
}

Task<std::int64_t> save(Committer& committer, EventLoop& loop, std::string body) {
    const auto start = [&committer, &body](Committer::Done done) {
        return committer.try_save(std::move(body), std::move(done));
    };
    Elsewhere<std::int64_t> commit{loop, start};
    co_return co_await commit;
}

}  // namespace six::full
