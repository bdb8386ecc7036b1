// The waits that all others are made of: for a time, and for a descriptor. Everything that
// a task awaits comes down to one of these (or to a job on another thread: run_on.hpp).
// Read next: async_socket.hpp.
#pragma once

#include <coroutine>
#include <exception>

#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/cancellation.hpp"

namespace six {

/// A wait for one event of a loop. Loop's thread only; the loop must outlive it.
///
/// Three ways out: the event comes; the scope is cancelled, then the wait is disarmed and
/// the task resumed in the loop's next turn; the task is destroyed, then only disarmed.
/// Each way shuts the other two.
class LoopWait : Cancellable {
  public:
    /// Doesn't suspend if the scope is cancelled already, or if arming throws.
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> task) {
        return suspend(task, task.promise().scope());
    }

  protected:
    explicit LoopWait(EventLoop& loop) noexcept : loop_(loop) {}
    ~LoopWait() override {
        if (timer_.number != 0) loop_.cancel(timer_);
    }
    /// The event has come. `*this` may be gone afterwards.
    void resume();
    void throw_if_cancelled() const {
        if (cancelled_) throw Cancelled{};
    }
    /// What `await_suspend` does, for those who wait in another scope than the task's.
    bool suspend(std::coroutine_handle<> task, CancellationScope& scope);

    EventLoop& loop_;
    TimerId timer_;

  private:
    void on_cancel() noexcept override;
    /// Asks the loop for the event, which then calls `resume`.
    virtual void arm() = 0;
    virtual void disarm() noexcept = 0;

    std::coroutine_handle<> task_;
    bool cancelled_ = false;
};

/// Suspends until `due`, or until the loop's next turn if that is over. Throws Cancelled.
class SleepWait final : public LoopWait {
  public:
    SleepWait(EventLoop& loop, TimePoint due) noexcept : LoopWait(loop), due_(due) {}
    bool await_ready() const noexcept { return false; }
    void await_resume() const { throw_if_cancelled(); }

  private:
    void arm() override {
        timer_ = loop_.call_at(due_, [this] { resume(); });
    }
    void disarm() noexcept override { loop_.cancel(timer_); }
    TimePoint due_;
};

/// `co_await sleep_for(loop, 10ms);` With 0 it lets the others have a turn.
inline SleepWait sleep_for(EventLoop& loop, Duration duration) {
    return {loop, loop.now() + duration};
}
inline SleepWait sleep_until(EventLoop& loop, TimePoint due) {
    return {loop, due};
}

/// A wait until a system call on a descriptor does something. Tries it before it suspends
/// and after each event, so that a task is resumed only when there is something for it.
class DescriptorWait : public LoopWait {
  public:
    enum class Direction : bool { read, write };
    bool await_ready() { return attempt(); }

  protected:
    /// `fd` is borrowed, and watched by the loop as long as the wait lasts.
    DescriptorWait(EventLoop& loop, int fd, Direction direction) noexcept
        : LoopWait(loop), fd_(fd), direction_(direction) {}
    ~DescriptorWait() override {
        if (armed_) disarm();
    }
    int fd() const noexcept { return fd_; }
    /// Throws Cancelled, or what `attempt` has thrown.
    void throw_if_failed() const {
        throw_if_cancelled();
        if (failed_) std::rethrow_exception(failed_);
    }

  private:
    /// Makes the system call. False if it would have to wait.
    virtual bool attempt() = 0;
    void arm() final;
    void disarm() noexcept final;
    void on_ready();

    int fd_;
    Direction direction_;
    bool armed_ = false;
    std::exception_ptr failed_;
};

/// A bare wait for readiness, for those who make the system call themselves (libpq, say).
/// Try the call first: this always suspends. It may end for nothing: then do it again.
class ReadinessWait final : public DescriptorWait {
  public:
    ReadinessWait(EventLoop& loop, int fd, Direction direction) noexcept
        : DescriptorWait(loop, fd, direction) {}
    bool await_ready() const noexcept { return false; }
    void await_resume() const { throw_if_failed(); }

  private:
    bool attempt() override { return true; }
};

/// `co_await readable(loop, fd);` Throws Cancelled. `fd` is borrowed; the loop watches it.
/// Not for an AsyncSocket's: the event would be gone for which its own next read waits.
inline ReadinessWait readable(EventLoop& loop, int fd) {
    return {loop, fd, DescriptorWait::Direction::read};
}
inline ReadinessWait writable(EventLoop& loop, int fd) {
    return {loop, fd, DescriptorWait::Direction::write};
}

}  // namespace six
