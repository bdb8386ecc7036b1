// epoll(7), which only Linux has. The kernel keeps the list of watched descriptors and adds
// to a second list the ones that become ready, so that waiting costs nothing for all the
// others. It is edge-triggered here: it tells a change once, whether or not anybody waits
// for it. This is the only file that knows epoll. Read next: event_loop.hpp.
#include "04_event_loop/poller.hpp"

#if defined(__linux__) && !defined(SIX_PORTABLE)

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>

#include "01_blocking/unique_fd.hpp"

#if defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 35)
#define SIX_HAS_EPOLL_PWAIT2  // waits to the nanosecond; Linux 5.11
#endif
#endif

namespace six {

namespace {

class EpollPoller final : public Poller {
  public:
    EpollPoller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (!epoll_)
            throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
    void add(int fd) override;
    void remove(int fd) noexcept override;
    void arm(int, Interest) override {}
    bool edge_triggered() const override { return true; }
    std::span<const Readiness> wait(Timeout timeout) override;

  private:
    int wait_for_events(Timeout timeout);

    UniqueFd epoll_;
    static constexpr std::size_t most =
        512;  // in a turn: more would delay timers and posts
    std::array<epoll_event, most> events_;
    std::array<Readiness, most> ready_;
    bool has_pwait2_ = true;  // until the kernel says no
};

void EpollPoller::add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void EpollPoller::remove(int fd) noexcept {
    // Closing would do the same, but not if a child process or dup(2) shares the socket:
    // then events would go on coming, under a number that may have a new owner.
    [[maybe_unused]] const int result =
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    assert(result == 0 && "the descriptor was closed before it was removed");
}

std::span<const Readiness> EpollPoller::wait(Timeout timeout) {
    const int count = wait_for_events(timeout);
    if (count < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "epoll_wait");

    const auto size = static_cast<std::size_t>(std::max(count, 0));
    for (std::size_t i = 0; i < size; ++i) {
        const epoll_event& event = events_[i];
        const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        const bool ended = failed || (event.events & EPOLLRDHUP) != 0;
        ready_[i] = {.fd = event.data.fd,
                     .readable = ended || (event.events & EPOLLIN) != 0,
                     .writable = failed || (event.events & EPOLLOUT) != 0,
                     .ended = ended};
    }
    return {ready_.data(), size};
}

int EpollPoller::wait_for_events(Timeout timeout) {
    const int capacity = static_cast<int>(events_.size());
#ifdef SIX_HAS_EPOLL_PWAIT2
    if (has_pwait2_ && timeout && timeout->count() > 0) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(*timeout);
        const timespec time{seconds.count(), (*timeout - seconds).count()};
        const int count =
            ::epoll_pwait2(epoll_.get(), events_.data(), capacity, &time, nullptr);
        // An old kernel says ENOSYS, some sandboxes EPERM.
        has_pwait2_ = count >= 0 || (errno != ENOSYS && errno != EPERM);
        if (has_pwait2_) return count;
    }
#endif
    return ::epoll_wait(epoll_.get(), events_.data(), capacity, to_milliseconds(timeout));
}

}  // namespace

std::unique_ptr<Poller> make_epoll_poller() {
    return std::make_unique<EpollPoller>();
}

}  // namespace six

#else

std::unique_ptr<six::Poller> six::make_epoll_poller() {
    return nullptr;
}

#endif
