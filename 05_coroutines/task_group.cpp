#include "05_coroutines/task_group.hpp"

namespace six {

/// A child is in its group's list as long as its frame exists, and frees it when it ends:
/// ten thousand connections come and go, and only those that are open take memory.
class TaskGroup::ChildPromise : public PooledFrame, public ListNode<ChildPromise> {
  public:
    ChildPromise(TaskGroup& group, Task<void>&) noexcept : group_(group) {
        link(group_.first_);
        ++group_.size_;
    }
    ~ChildPromise() { --group_.size_; }
    ChildPromise(const ChildPromise&) = delete;
    ChildPromise& operator=(const ChildPromise&) = delete;

    struct End {
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(
            std::coroutine_handle<ChildPromise> self) const noexcept {
            TaskGroup& group = self.promise().group_;
            self.destroy();  // and this awaiter with it
            const bool last = group.size_ == 0 && group.joining_;
            return last ? group.joining_ : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };

    Child get_return_object() const noexcept;
    std::suspend_never initial_suspend() const noexcept { return {}; }
    End final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    CancellationScope& scope() const noexcept { return group_.scope_; }

  private:
    TaskGroup& group_;
};

struct TaskGroup::Child {
    using promise_type = ChildPromise;
};

TaskGroup::Child TaskGroup::ChildPromise::get_return_object() const noexcept {
    return {};
}

TaskGroup::~TaskGroup() {
    while (first_ != nullptr)
        std::coroutine_handle<ChildPromise>::from_promise(*first_).destroy();
}

void TaskGroup::spawn(Task<void> task) {
    run(std::move(task));
}

TaskGroup::Child TaskGroup::run(Task<void> task) {
    try {
        co_await std::move(task);
    } catch (const Cancelled&) {
        // Somebody wanted it to end, and it has.
    } catch (...) {
        if (!error_) error_ = std::current_exception();
        cancel();
    }
}

/// The wait of `join`. Gives true if it was cancelled.
class TaskGroup::AllEnded final : Cancellable {
  public:
    explicit AllEnded(TaskGroup& group) noexcept : group_(group) {}
    ~AllEnded() override { group_.joining_ = nullptr; }

    bool await_ready() const noexcept { return group_.size_ == 0; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> joining) noexcept {
        assert(!group_.joining_ && "only one task can join a group");
        group_.joining_ = joining;
        if (joining.promise().scope().cancelled())
            on_cancel();
        else
            enter(joining.promise().scope());
    }
    bool await_resume() noexcept {
        unlink();
        return cancelled_;
    }

  private:
    void on_cancel() noexcept override {
        cancelled_ = true;
        group_.cancel();
    }
    TaskGroup& group_;
    bool cancelled_ = false;
};

Task<void> TaskGroup::join() {
    const bool cancelled = co_await AllEnded(*this);
    rethrow_error();
    if (cancelled) throw Cancelled{};
}

void TaskGroup::rethrow_error() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

}  // namespace six
