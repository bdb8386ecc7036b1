#include "05_coroutines/awaiters.hpp"

namespace six {

bool LoopWait::suspend(std::coroutine_handle<> task, CancellationScope& scope) {
    cancelled_ = scope.cancelled();
    if (cancelled_) return false;
    arm();
    task_ = task;
    enter(scope);
    return true;
}

void LoopWait::resume() {
    unlink();
    task_.resume();
}

void LoopWait::on_cancel() noexcept {
    disarm();
    cancelled_ = true;
    timer_ = loop_.call_after(Duration::zero(), [this] { resume(); });
}

void DescriptorWait::arm() {
    const auto callback = [this] { on_ready(); };
    if (direction_ == Direction::read)
        loop_.when_readable(fd_, callback);
    else
        loop_.when_writable(fd_, callback);
    armed_ = true;
}

void DescriptorWait::disarm() noexcept {
    armed_ = false;
    if (direction_ == Direction::read)
        loop_.cancel_readable(fd_);
    else
        loop_.cancel_writable(fd_);
}

void DescriptorWait::on_ready() {
    armed_ = false;
    try {
        if (!attempt()) return arm();
    } catch (...) {
        failed_ = std::current_exception();  // the task's trouble, not the loop's
    }
    resume();
}

}  // namespace six
