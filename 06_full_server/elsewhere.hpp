// A wait for what another thread does. The thread can't be told to stop, but the wait can
// be given up: then the task goes on, and what comes of the work is dropped. Read before:
// 05_coroutines/run_on.hpp, which waits to the end. Read next: items.cpp, which uses it.
#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "02_threads/thread_pool.hpp"
#include "04_event_loop/outcome.hpp"
#include "05_coroutines/awaiters.hpp"
#include "05_coroutines/task.hpp"

namespace six::full {

/// Suspends until the work that it starts has told its outcome, and gives that or throws
/// it. Throws Cancelled; the work goes on, and its outcome is not known here. Loop's thread
/// only; the loop must outlive the work.
template <class T>
class Elsewhere final : public LoopWait {
  public:
    /// To be called once, on any thread.
    using Done = std::function<void(Outcome<T>)>;
    /// Never blocks. False, and nobody calls its argument: there is no room for more work.
    using Start = std::function<bool(Done)>;

    Elsewhere(EventLoop& loop, Start start) : LoopWait(loop), start_(std::move(start)) {}
    ~Elsewhere() override { disarm(); }

    bool await_ready() const noexcept { return false; }
    T await_resume() {
        throw_if_cancelled();
        if (outcome_.failed) throw *outcome_.failed;
        return std::move(outcome_.value);
    }

  private:
    // #region arm
    void arm() override {
        *waiting_ = this;
        auto tell = [&loop = loop_, waiting = waiting_](Outcome<T> outcome) {
            loop.post([waiting, outcome = std::move(outcome)]() mutable {
                if (*waiting) (*waiting)->finish(std::move(outcome));
            });
        };
        if (!start_(std::move(tell)))
            throw http::Error(503, "the database is too far behind");
    }
    void disarm() noexcept override { *waiting_ = nullptr; }
    // #endregion
    void finish(Outcome<T> outcome) {
        outcome_ = std::move(outcome);
        resume();
    }

    Start start_;
    Outcome<T> outcome_;
    // Shared with the work, since either may be gone when the other comes to it. Touched on
    // the loop's thread only. Null: nobody waits any more.
    std::shared_ptr<Elsewhere*> waiting_ = std::make_shared<Elsewhere*>(nullptr);
};

// #region run-elsewhere
/// Calls `work` on a thread of the pool, and gives what it returns or throws its
/// http::Error. Throws http::Error (503) when the pool's queue is full, and Cancelled: then
/// `work` goes on, and must not use what has gone meanwhile.
template <class Work>
Task<std::invoke_result_t<Work&>> run_elsewhere(ThreadPool& pool, EventLoop& loop,
                                                Work work) {
    using Result = std::invoke_result_t<Work&>;
    const auto start = [&](typename Elsewhere<Result>::Done done) {
        return pool.try_submit([work = std::move(work), done = std::move(done)]() mutable {
            Outcome<Result> outcome;
            try {
                outcome.value = work();
            } catch (const http::Error& error) {
                outcome.failed = error;
            }
            done(std::move(outcome));
        });
    };
    Elsewhere<Result> result{loop, start};
    co_return co_await result;
}
// #endregion

}  // namespace six::full
