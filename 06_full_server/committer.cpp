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
    return try_add({std::move(body), nullptr, std::move(done)});
}

bool Committer::try_save(std::shared_ptr<const Spool> upload, Done done) {
    return try_add({{}, std::move(upload), std::move(done)});
}

bool Committer::try_add(Waiting item) {
    {
        const std::scoped_lock lock(mutex_);
        if (queue_.size() >= limits_.queued) return false;
        queue_.push_back(std::move(item));
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
    const auto most = static_cast<std::ptrdiff_t>(std::min(queue_.size(), limits_.batch));
    const auto large = [](const Waiting& item) { return item.upload != nullptr; };
    auto end = std::find_if(queue_.begin(), queue_.begin() + most, large);
    if (end == queue_.begin() && most > 0) ++end;  // a large one goes alone
    std::vector<Waiting> batch(std::move_iterator(queue_.begin()), std::move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return batch;
}

void Committer::commit(std::vector<Waiting> batch) {
    if (batch.size() == 1) return commit_alone(batch.front());
    std::vector<std::string> bodies;
    bodies.reserve(batch.size());
    for (const Waiting& item : batch) bodies.push_back(item.body);
    try {
        const std::vector<std::int64_t> pks = store_.save_all(bodies);
        count(batch.size());
        for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done({{}, pks[i]});
    } catch (const ItemStore::Unavailable& error) {
        for (const Waiting& item : batch) item.done({error, 0});  // no row is to blame
    } catch (const http::Error&) {
        for (const Waiting& item : batch)
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

void Committer::commit_alone(const Waiting& item) {
    Outcome<std::int64_t> outcome;
    try {
        outcome.value = save(item);
        count(1);
    } catch (const http::Error& error) {
        outcome.failed = error;
    }
    item.done(std::move(outcome));
}

std::int64_t Committer::save(const Waiting& item) {
    if (!item.upload) return store_.save(item.body);
    return store_.save(item.upload->size(),
                       [&](std::uint64_t offset, std::span<char> buffer) {
                           item.upload->read(offset, buffer);
                       });
}

namespace {

template <class Item>
Task<std::int64_t> wait_for_commit(Committer& committer, EventLoop& loop, Item item) {
    const auto start = [&committer, &item](Committer::Done done) {
        return committer.try_save(std::move(item), std::move(done));
    };
    Elsewhere<std::int64_t> commit{loop, start};
    co_return co_await commit;
}

}  // namespace

Task<std::int64_t> save(Committer& committer, EventLoop& loop, std::string body) {
    return wait_for_commit(committer, loop, std::move(body));
}

Task<std::int64_t> save(Committer& committer, EventLoop& loop,
                        std::shared_ptr<const Spool> upload) {
    return wait_for_commit(committer, loop, std::move(upload));
}

}  // namespace six::full
