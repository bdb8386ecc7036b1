// A function that blocks, run on chapter 02's thread pool while a task waits for it. The
// task itself never leaves its loop's thread. Read before: task.hpp.
#pragma once

#include <functional>
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

/// Suspends until `job` has been called on a thread of the pool. `job` must not throw.
/// The awaiting part of `run_on`.
class PoolWait {
  public:
    PoolWait(ThreadPool& pool, EventLoop& loop, std::function<void()> job);
    ~PoolWait();
    PoolWait(const PoolWait&) = delete;
    PoolWait& operator=(const PoolWait&) = delete;

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> task) {
        if (task.promise().scope().cancelled()) throw Cancelled{};
        submit(task);
    }
    void await_resume() const noexcept {}

  private:
    struct Shared;
    void submit(std::coroutine_handle<> task);

    ThreadPool& pool_;
    std::shared_ptr<Shared> shared_;
};

/// A function that a thread of a pool calls, and what came of it. Whoever holds it last
/// destroys it: the task, or the pool if the task was destroyed meanwhile.
template <class Function>
class PoolJob {
  public:
    using Result = std::invoke_result_t<Function&>;

    explicit PoolJob(Function function) : function_(std::move(function)) {}
    void run() noexcept {
        try {
            if constexpr (std::is_void_v<Result>)
                function_();
            else
                result_.emplace(function_());
        } catch (...) {
            error_ = std::current_exception();
        }
    }
    Result take() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        if constexpr (!std::is_void_v<Result>) return std::move(*result_);
    }

  private:
    Function function_;
    std::optional<ResultOf<Result>> result_;
    std::exception_ptr error_;
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
    const auto job = std::make_shared<PoolJob<Function>>(std::move(function));
    std::function<void()> call = [job] { job->run(); };
    co_await PoolWait(pool, loop, std::move(call));
    co_return job->take();
}

}  // namespace six
