#include "05_coroutines/run_on.hpp"

namespace six {

struct PoolWait::Shared {
    EventLoop& loop;
    std::function<void()> job;          // the pool's thread, once it has been submitted
    std::coroutine_handle<> task = {};  // null: destroyed meanwhile. The loop's thread
};

PoolWait::PoolWait(ThreadPool& pool, EventLoop& loop, std::function<void()> job)
    : pool_(pool), shared_(std::make_shared<Shared>(Shared{loop, std::move(job)})) {}

PoolWait::~PoolWait() {
    shared_->task = nullptr;
}

// Once submitted, the job may be over before we return. But the task goes on only in a
// later turn of the loop, on this thread: so nothing here is gone yet.
void PoolWait::submit(std::coroutine_handle<> task) {
    shared_->task = task;
    const auto resume = [shared = shared_] {
        if (shared->task) shared->task.resume();
    };
    const auto work = [shared = shared_, resume] {
        shared->job();
        shared->job =
            nullptr;  // what it holds is destroyed here, not after the task went on
        shared->loop.post(resume);
    };
    if (!pool_.try_submit(work)) throw QueueFull();
}

}  // namespace six
