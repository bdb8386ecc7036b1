// A function that blocks, run on chapter 02's thread pool while a task waits for it. The
// task itself never leaves its loop's thread. Read before: task.hpp.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "02_threads/thread_pool.hpp"
#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/task_group.hpp"

namespace six {

/// Thrown when the pool's queue has no room. A server answers 503.
class QueueFull : public std::runtime_error {
  public:
    QueueFull() : std::runtime_error("too many jobs are waiting") {}
};

/// What a task and a thread of a pool share: a function, what came of it, and who waits for
/// that. Whoever lets go of it last destroys it.
template <class Function>
struct PoolJob {
    using Result = std::invoke_result_t<Function&>;

    /// On the pool's thread. What the function holds is destroyed there, too.
    void run() noexcept {
        try {
            if constexpr (std::is_void_v<Result>)
                (*function)();
            else
                result.emplace((*function)());
        } catch (...) {
            error = std::current_exception();
        }
        function.reset();
    }
    Result take() {
        if (error) std::rethrow_exception(std::exchange(error, nullptr));
        if constexpr (!std::is_void_v<Result>) return std::move(*result);
    }

    EventLoop& loop;
    std::optional<Function> function;
    std::optional<ResultOf<Result>> result = {};
    std::exception_ptr error = {};
    std::coroutine_handle<> task = {};  // null: destroyed meanwhile. The loop's thread
};

/// Suspends until a thread of the pool has called `function`. The awaiting part of
/// `run_on`.
template <class Function>
class PoolWait {
  public:
    using Job = PoolJob<Function>;

    PoolWait(ThreadPool& pool, EventLoop& loop, Function function)
        : pool_(pool), job_(std::make_shared<Job>(Job{loop, std::move(function)})) {}
    ~PoolWait() { job_->task = nullptr; }
    PoolWait(const PoolWait&) = delete;
    PoolWait& operator=(const PoolWait&) = delete;

    bool await_ready() const noexcept { return false; }
    // Once submitted, the job may be over before we return. But the task goes on only in a
    // later turn of the loop, on this thread: so nothing here is gone yet.
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> task) {
        if (task.promise().scope().cancelled()) throw Cancelled{};
        job_->task = task;
        const auto work = [job = job_] {
            job->run();
            job->loop.post([job] {
                if (job->task) job->task.resume();
            });
        };
        if (!pool_.try_submit(work)) throw QueueFull();
    }
    typename Job::Result await_resume() { return job_->take(); }

  private:
    ThreadPool& pool_;
    std::shared_ptr<Job> job_;
};

/// Calls `function` on a thread of `pool`, and gives what it returns or throws what it
/// throws. Throws QueueFull. Can't be cut short: when it is cancelled the function still
/// runs to its end and its result counts; the next wait throws Cancelled. If the task is
/// destroyed meanwhile, the result is dropped. The loop must outlive the pool.
///
/// Hoist the function: g++ 12 copies a lambda with captures bit by bit when it is written
/// inside an expression with `co_await`, and so destroys them twice.
///
///     auto save = [&store, body = std::move(body)] { return store.save(body); };
///     const auto pk = co_await run_on(pool, loop, std::move(save));
template <class Function>
Task<std::invoke_result_t<Function&>> run_on(ThreadPool& pool, EventLoop& loop,
                                             Function function) {
    co_return co_await PoolWait(pool, loop, std::move(function));
}

}  // namespace six
