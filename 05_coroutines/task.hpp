// Task<T>: a function that can wait in the middle. It starts when it is awaited, gives its
// result or its exception to the one task that awaits it, and is freed with everything
// below it when its owner lets it go.
// Read before: cancellation.hpp. Read next: awaiters.hpp (what a task waits for in the
// end), sync_wait.hpp (how the first task is started).
#pragma once

#include <cassert>
#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "05_coroutines/cancellation.hpp"
#include "05_coroutines/frame_pool.hpp"

namespace six {

/// What every coroutine that is awaited by another has in its frame, whatever its result:
/// who awaits it, in which scope it waits, and the exception that ended it.
class PromiseBase : public PooledFrame {
  public:
    // #region resume-awaiting
    /// Resumes the coroutine that awaits this one. Returning its handle lets the compiler
    /// make a jump of it ("symmetric transfer"), so that a million in a row need no stack.
    struct ResumeAwaiting {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(
            std::coroutine_handle<Promise> self) noexcept {
            return self.promise().awaiting_;
        }
        void await_resume() const noexcept {}
    };
    // #endregion

    /// Lazy: a coroutine that nobody awaits does nothing.
    std::suspend_always initial_suspend() const noexcept { return {}; }
    ResumeAwaiting final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    void awaited_by(std::coroutine_handle<> awaiting, CancellationScope& scope) noexcept {
        awaiting_ = awaiting;
        scope_ = &scope;
    }
    CancellationScope& scope() const noexcept { return *scope_; }

  protected:
    void rethrow_error() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

  private:
    std::coroutine_handle<> awaiting_;
    CancellationScope* scope_ = nullptr;
    std::exception_ptr error_;
};

template <class T>
class TaskPromise;

/// A coroutine that returns one T. Its owner may drop it at any time but while it runs:
/// before it has started, and while it waits. Not thread-safe: it lives on the loop's
/// thread.
///
/// It inherits the scope of the task that awaits it: cancelling that cancels it too.
template <class T = void>
class [[nodiscard]] Task {
  public:
    using promise_type = TaskPromise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle coroutine) noexcept : coroutine_(coroutine) {}
    Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    ~Task() {
        if (coroutine_) coroutine_.destroy();
    }

    class Awaiter;
    /// Starts the task, suspends until it has ended, frees it, and gives its result or
    /// throws its exception. Uses the task up: `co_await std::move(task)`.
    Awaiter operator co_await() && noexcept { return Awaiter(std::move(*this), nullptr); }
    /// The same, but in a scope of its own: `co_await std::move(task).in(scope)`.
    Awaiter in(CancellationScope& scope) && noexcept {
        return Awaiter(std::move(*this), &scope);
    }

  private:
    Handle coroutine_;
};

template <class T>
class Task<T>::Awaiter {
  public:
    Awaiter(Task task, CancellationScope* scope) noexcept
        : task_(std::move(task)), scope_(scope) {
        assert(task_.coroutine_ && "this task was moved from, or awaited before");
    }
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    Handle await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
        CancellationScope& scope = scope_ ? *scope_ : awaiting.promise().scope();
        task_.coroutine_.promise().awaited_by(awaiting, scope);
        return task_.coroutine_;
    }
    T await_resume() { return task_.coroutine_.promise().take(); }

  private:
    Task task_;
    CancellationScope* scope_;  // null: that of who awaits
};

// The three promises differ in how they keep the result.

template <class T>
class TaskPromise final : public PromiseBase {
  public:
    Task<T> get_return_object() { return Task<T>(Task<T>::Handle::from_promise(*this)); }
    template <std::convertible_to<T> Value>
    void return_value(Value&& value) {
        value_.emplace(std::forward<Value>(value));
    }
    T take() {
        rethrow_error();
        return std::move(*value_);
    }

  private:
    std::optional<T> value_;
};

template <>
class TaskPromise<void> final : public PromiseBase {
  public:
    Task<void> get_return_object() {
        return Task<void>(Task<void>::Handle::from_promise(*this));
    }
    void return_void() const noexcept {}
    void take() { rethrow_error(); }
};

}  // namespace six
