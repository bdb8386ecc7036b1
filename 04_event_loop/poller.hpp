// Asks the kernel which of many descriptors are ready: the one place where a server on an
// event loop waits. Read next: poller_poll.cpp, poller_epoll.cpp, bare_loop.cpp.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace six {

/// One descriptor of which the kernel says that reading or writing it would not block now.
/// An error or a hang-up counts as both: the read or write that follows will tell.
struct Readiness {
    int fd = -1;
    bool readable = false;
    bool writable = false;
    /// Nothing will come after what is there now. Only edge-triggered pollers need to say
    /// it: the end of the stream makes no further edge.
    bool ended = false;
};

/// What somebody waits for on a descriptor.
struct Interest {
    bool read = false;
    bool write = false;
};

/// Watches descriptors for readiness. Not thread-safe: it belongs to one loop.
///
/// A descriptor is added once. What the loop waits for on it is told by `arm`, but not to
/// an edge-triggered poller (epoll), which reports each change once anyway: so a request
/// costs no system call but its own read and write.
// #region poller
class Poller {
  public:
    /// How long to wait.
    using Timeout = std::optional<std::chrono::nanoseconds>;
    static constexpr Timeout for_ever = std::nullopt;

    virtual ~Poller() = default;
    /// Starts to watch `fd` (borrowed, non-blocking). What is ready already is reported
    /// too. Throws std::system_error, such as ENOSPC, or EPERM for a regular file.
    virtual void add(int fd) = 0;
    /// Stops. Must come before the descriptor is closed.
    virtual void remove(int fd) noexcept = 0;
    /// Tells what is waited for on `fd`; nothing, to begin with. May report more than that.
    virtual void arm(int fd, Interest interest) = 0;
    /// True: reports each change once, asked for or not. So `arm` need not be called.
    virtual bool edge_triggered() const { return false; }
    /// Blocks until a descriptor is ready, `timeout` is over (never early, perhaps a little
    /// late) or a signal has come, and returns what is ready. The span is valid until the
    /// next call. Throws std::system_error.
    virtual std::span<const Readiness> wait(Timeout timeout) = 0;
};
// #endregion

/// epoll(7), edge-triggered: cost per turn follows the number of *ready* descriptors. Linux
/// only. Null where the system has no epoll (and in the preset `portable`).
std::unique_ptr<Poller> make_epoll_poller();
/// poll(2): everywhere, but each turn costs as much as there are descriptors.
std::unique_ptr<Poller> make_poll_poller();
/// By name: "epoll" or "poll". Empty: the best that the system has. Throws
/// std::invalid_argument for a name that is not among `poller_names()`.
std::unique_ptr<Poller> make_poller(const std::string& name = {});
/// The names that `make_poller` takes here, the best one first.
std::vector<std::string> poller_names();

/// A timeout as poll(2) and epoll_wait(2) take it: in milliseconds, -1 for ever. Rounded
/// up, since a loop that wakes too early finds nothing to do and asks again: it would spin.
int to_milliseconds(Poller::Timeout timeout);

}  // namespace six
