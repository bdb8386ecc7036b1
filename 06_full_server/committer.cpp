#include "06_full_server/committer.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

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

namespace {

/// A task's wait for the committer's thread. What both touch is shared, since either may be
/// gone when the other comes to it.
class CommitWait {
  public:
    CommitWait(Committer& committer, EventLoop& loop, std::string body)
        : committer_(committer), loop_(loop), body_(std::move(body)) {}
    ~CommitWait() { shared_->task = nullptr; }
    CommitWait(const CommitWait&) = delete;
    CommitWait& operator=(const CommitWait&) = delete;

    bool await_ready() const noexcept { return false; }
    /// False: the queue is full, and the task goes on at once.
    bool await_suspend(std::coroutine_handle<> task) {
        shared_->task = task;
        auto on_loop = [shared = shared_](const Outcome<std::int64_t>& outcome) {
            shared->outcome = outcome;
            if (shared->task) shared->task.resume();
        };
        auto done = [&loop = loop_, on_loop](const Outcome<std::int64_t>& outcome) {
            loop.post([on_loop, outcome] { on_loop(outcome); });
        };
        return committer_.try_save(std::move(body_), std::move(done));
    }
    std::int64_t await_resume() const {
        if (shared_->outcome.failed) throw *shared_->outcome.failed;
        return shared_->outcome.value;
    }

  private:
    struct Shared {
        std::coroutine_handle<> task;
        Outcome<std::int64_t> outcome{http::Error(503, "the database is too far behind"),
                                      0};
    };
    Committer& committer_;
    EventLoop& loop_;
    std::string body_;
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace

Task<std::int64_t> save(Committer& committer, EventLoop& loop, std::string body) {
    CommitWait wait{committer, loop, std::move(body)};
    co_return co_await wait;
}

}  // namespace six::full
