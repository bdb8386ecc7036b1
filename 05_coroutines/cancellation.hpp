// Ending waits early. A task is cancelled where it waits: that wait is given up, and the
// task goes on with an exception, so that its destructors run as on any other way out.
// Read next: task.hpp (how a task gets its scope), awaiters.hpp (the waits).
#pragma once

#include <coroutine>

#include "05_coroutines/intrusive_list.hpp"

namespace six {

/// What the `co_await` of a cancelled task throws. Not a std::exception: it isn't an error,
/// and whoever catches errors lets it pass.
class Cancelled {};

class CancellationScope;

/// What a scope can end early: a wait, while it lasts.
class Cancellable : public ListNode<Cancellable> {
  protected:
    Cancellable() = default;
    virtual ~Cancellable() = default;
    void enter(CancellationScope& scope) noexcept;

  private:
    friend class CancellationScope;
    /// Gives up the wait. It has left the scope. Must not resume a coroutine: whoever
    /// cancels is in the middle of something, and need not expect others to run.
    virtual void on_cancel() noexcept = 0;
};

/// The waits of one task and of all the tasks that it awaits: a list, mostly of one. The
/// thread of the event loop only. Must outlive its tasks.
///
/// (Why not std::stop_token? That is for threads: it shares its state, locks, and calls
/// back on the thread that stops. Here all is on one thread, and nobody shares anything.)
class CancellationScope {
  public:
    CancellationScope() = default;
    ~CancellationScope() { assert(first_ == nullptr); }
    CancellationScope(const CancellationScope&) = delete;
    CancellationScope& operator=(const CancellationScope&) = delete;

    /// Ends every wait in the scope, now and from now on: its `co_await` throws Cancelled.
    /// Runs none of them: they go on in the loop's next turn. A task that is running learns
    /// of it at its next wait; one that has finished, never. Cancelling again does nothing.
    void cancel() noexcept;
    bool cancelled() const noexcept { return cancelled_; }

  private:
    friend class Cancellable;
    Cancellable* first_ = nullptr;
    bool cancelled_ = false;
};

/// As long as it lives, cancelling `outer` cancels `inner`.
class ScopeLink final : Cancellable {
  public:
    ScopeLink(CancellationScope& outer, CancellationScope& inner) noexcept;

  private:
    void on_cancel() noexcept override { inner_.cancel(); }
    CancellationScope& inner_;
};

/// `co_await current_scope()`: the scope of the task that says so. Doesn't suspend.
class CurrentScope {
  public:
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> task) noexcept {
        scope_ = &task.promise().scope();
        return false;
    }
    CancellationScope& await_resume() const noexcept { return *scope_; }

  private:
    CancellationScope* scope_ = nullptr;
};
inline CurrentScope current_scope() {
    return {};
}

}  // namespace six
