// poll(2), which every POSIX system has. It is level-triggered: it tells again in each turn
// what is ready still, so it must only be asked for what somebody waits for.
// Read next: poller_epoll.cpp.
#include <poll.h>

#include <cerrno>
#include <system_error>

#include "04_event_loop/poller.hpp"

namespace six {

namespace {

class PollPoller final : public Poller {
  public:
    void add(int fd) override {
        const auto index = static_cast<std::size_t>(fd);
        if (index >= entries_.size()) entries_.resize(index + 1, nobody);
    }
    void remove(int fd) noexcept override { arm(fd, {}); }
    void arm(int fd, Interest interest) override;
    std::span<const Readiness> wait(Timeout timeout) override;

  private:
    // poll() skips negative descriptors. It would report a hang-up even to those who wait
    // for nothing, again and again.
    static constexpr pollfd nobody{-1, 0, 0};

    std::vector<pollfd> entries_;  // by descriptor: poll() is linear in them anyway
    std::vector<Readiness> ready_;
};

void PollPoller::arm(int fd, Interest interest) {
    pollfd& entry = entries_[static_cast<std::size_t>(fd)];
    entry.fd = interest.read || interest.write ? fd : nobody.fd;
    entry.events =
        static_cast<short>((interest.read ? POLLIN : 0) | (interest.write ? POLLOUT : 0));
}

std::span<const Readiness> PollPoller::wait(Timeout timeout) {
    ready_.clear();
    int count = ::poll(entries_.data(), static_cast<nfds_t>(entries_.size()),
                       to_milliseconds(timeout));
    if (count < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "poll");

    for (auto entry = entries_.begin(); count > 0; ++entry) {
        if (entry->revents == 0) continue;
        const bool failed = (entry->revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
        ready_.push_back({.fd = entry->fd,
                          .readable = failed || (entry->revents & POLLIN) != 0,
                          .writable = failed || (entry->revents & POLLOUT) != 0});
        --count;
    }
    return ready_;
}

}  // namespace

std::unique_ptr<Poller> make_poll_poller() {
    return std::make_unique<PollPoller>();
}

}  // namespace six
