#include "06_full_server/service.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "01_blocking/socket.hpp"

namespace six::full {

using namespace std::chrono_literals;

UniqueFd inherited_listener(int fd) {
    int listens = 0;
    socklen_t size = sizeof listens;
    const bool told = ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0;
    const bool unknown = !told && errno == ENOPROTOOPT;  // macOS has only the name of it
    if (!unknown && listens == 0)
        throw std::runtime_error("descriptor " + std::to_string(fd) +
                                 " is no listening socket");
    set_mode(fd, Mode::non_blocking);
    send_at_once(fd);
    return UniqueFd(fd);
}

std::string local_address(int listener) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    std::array<char, NI_MAXHOST> text{};
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::getsockname(listener, any, &size) != 0 ||
        ::getnameinfo(any, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
        return "?";
    return text.data();
}

namespace {

/// The value of a variable; empty if it isn't set.
std::string_view environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// A datagram socket that sends to `path`; a leading `@` stands for Linux's abstract names
/// (unix(7)). Empty if nobody is there.
UniqueFd connected_to(std::string_view path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return {};
    path.copy(address.sun_path, path.size());
    if (path.front() == '@') address.sun_path[0] = '\0';
    UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM, 0)};
    if (!socket) return {};
    set_mode(socket.get(), Mode::non_blocking);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0)
        return {};
    return socket;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(connected_to(environment("NOTIFY_SOCKET"))) {}

void ServiceManager::tell(std::string_view line) const {
    if (socket_) (void)::send(socket_.get(), line.data(), line.size(), 0);
}

std::optional<Duration> ServiceManager::watchdog() const {
    const std::string_view pid = environment("WATCHDOG_PID");
    if (!socket_ || (!pid.empty() && pid != std::to_string(::getpid()))) return {};
    const std::string_view text = environment("WATCHDOG_USEC");
    std::int64_t us = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, us);
    if (text.empty() || error != std::errc{} || stop != end || us <= 0) return {};
    return std::chrono::microseconds(us);
}

SignsOfLife::SignsOfLife(std::list<EventLoop>& loops, const ServiceManager& manager)
    : loops_(loops), manager_(manager) {
    const std::optional<Duration> patience = manager.watchdog();
    if (!patience) return;
    pause_ = *patience / 2;  // as sd_watchdog_enabled(3) advises
    ask();
}

/// Each loop is asked to take a turn. The last one that does gives the sign, on its thread.
void SignsOfLife::ask() {
    const auto missing = std::make_shared<std::atomic<std::size_t>>(loops_.size());
    for (EventLoop& loop : loops_)
        loop.post([missing, &manager = manager_] {
            if (--*missing == 0) manager.tell("WATCHDOG=1");
        });
    timer_ = loops_.front().call_after(pause_, [this] { ask(); });
}

}  // namespace six::full
