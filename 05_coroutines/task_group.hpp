// TaskGroup: tasks that run side by side, none of which outlives the group. Its use:
// when_all.hpp, sync_wait.hpp, and the server, whose connections are a group.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <variant>

#include "05_coroutines/task.hpp"

namespace six {

/// What stands for a task's result where there has to be one: of void, nothing in
/// particular.
template <class T>
using ResultOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// Tasks that nobody awaits one by one, but all together. They share a scope.
///
/// The first exception of a task cancels the others, and `join` throws it. (One that was
/// cancelled is no error.) A task whose failure must not end the others catches its own.
///
/// Destroying a group destroys the tasks that are left where they wait. To end them in
/// peace on every way out, spawn the task that spawns, too, and only join:
///
///     TaskGroup group;
///     group.spawn(accept_clients(group));
///     co_await group.join();
///
/// Loop's thread only.
class TaskGroup {
  public:
    TaskGroup() = default;
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts the task, and returns when it waits for the first time, or has ended. It is
    /// freed as soon as it has.
    void spawn(Task<void> task);
    /// The same for a task that has a result, which goes to `result`: stays empty if the
    /// task fails or is cancelled. `result` must outlive the group.
    template <class T>
    void spawn(Task<T> task, std::optional<ResultOf<T>>& result) {
        spawn(keep_result(std::move(task), result));
    }

    /// Cancels all tasks, those to come included. Runs none of them.
    void cancel() noexcept { scope_.cancel(); }

    /// Suspends until no task is left, then throws the first exception of one, if any.
    /// Can't be cut short: cancelling it cancels the tasks, waits until they have ended,
    /// and throws Cancelled. One `join` at a time.
    Task<void> join();

    /// How many tasks have not ended.
    std::size_t size() const noexcept { return size_; }
    CancellationScope& scope() noexcept { return scope_; }

    /// Throws the first exception of a task, if there is one. For those who can't `join`.
    void rethrow_error();

  private:
    class ChildPromise;
    struct Child;  // the coroutine in which a task of the group runs
    class AllEnded;
    Child run(Task<void> task);
    template <class T>
    static Task<void> keep_result(Task<T> task, std::optional<ResultOf<T>>& result);

    CancellationScope scope_;
    ChildPromise* first_ = nullptr;
    std::size_t size_ = 0;
    std::coroutine_handle<> joining_;  // waits for size_ to become 0; null: nobody does
    std::exception_ptr error_;
};

template <class T>
Task<void> TaskGroup::keep_result(Task<T> task, std::optional<ResultOf<T>>& result) {
    if constexpr (std::is_void_v<T>) {
        co_await std::move(task);
        result.emplace();
    } else {
        result.emplace(co_await std::move(task));
    }
}

}  // namespace six
