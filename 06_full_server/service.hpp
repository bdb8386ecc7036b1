// What a server owes to whoever started it, when that is a service manager such as systemd:
// it may be given its listening socket, says when it is ready and when it stops, and shows
// that it isn't stuck. Without a service manager none of this does anything.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "01_blocking/unique_fd.hpp"
#include "04_event_loop/event_loop.hpp"

namespace six::full {

/// Takes over a listening socket that this process was started with: connections that come
/// while nobody runs wait in it, so that a restart loses none. Throws std::runtime_error
/// when the descriptor is none. Source: sd_listen_fds(3).
UniqueFd inherited_listener(int fd);
/// The address that a listening socket has, as text.
std::string local_address(int listener);

/// Speaks to the service manager that started us. Source: sd_notify(3).
class ServiceManager {
  public:
    /// The one that the environment names (NOTIFY_SOCKET), if any.
    ServiceManager();
    /// Sends a line such as "READY=1". Never blocks; without a service manager, or when
    /// that doesn't listen, nothing happens. On any thread.
    void tell(std::string_view line) const;
    /// How often it wants a sign of life from this process (WATCHDOG_USEC), if at all.
    std::optional<Duration> watchdog() const;

  private:
    UniqueFd socket_;  // empty: there is none
};

/// Gives the service manager its signs of life: each when all loops have turned since the
/// one before. So when one is stuck they stop, and the server is started anew. (They stop
/// with the first loop that ends, too; systemd wants none from a service that is stopping.)
/// On the first loop's thread only. All are borrowed; the manager must outlive the loops'
/// turns.
class SignsOfLife {
  public:
    SignsOfLife(std::list<EventLoop>& loops, const ServiceManager& manager);
    ~SignsOfLife() { loops_.front().cancel(timer_); }
    SignsOfLife(const SignsOfLife&) = delete;
    SignsOfLife& operator=(const SignsOfLife&) = delete;

  private:
    void ask();

    std::list<EventLoop>& loops_;
    const ServiceManager& manager_;
    Duration pause_{0};
    TimerId timer_;
};

}  // namespace six::full
