#include "01_blocking/socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <memory>
#include <system_error>

namespace six {

namespace {

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressList numeric_address(const std::string& address, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
        fail(EINVAL, "'" + address + "' is not a numeric address");
    return {found, &freeaddrinfo};
}

}  // namespace

void prepare_process() {
    std::signal(SIGPIPE, SIG_IGN);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
#ifdef OPEN_MAX  // macOS refuses more, even when it calls the hard limit infinite
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, OPEN_MAX);
#endif
    setrlimit(RLIMIT_NOFILE, &limit);  // if this fails, we go on with what there is
}

void set_mode(int fd, Mode mode) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    const int flags = ::fcntl(fd, F_GETFL);
    const bool block = mode == Mode::blocking;
    ::fcntl(fd, F_SETFL, block ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

// Nagle's algorithm (RFC 896) keeps a small piece back until the one before is confirmed,
// and who receives may take 40 ms to confirm it: so long would a pipelined answer wait, or
// the end of a large item. We write an answer at once, so there is nothing to collect.
// tcp(7) has it per socket; but all systems hand it down from the listener, as
// tests/socket.cpp sees to, and so it costs a client no system call.
void send_at_once(int listener) {
    const int on = 1;
    ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

UniqueFd listen_on(const std::string& address, std::uint16_t port) {
    const AddressList where = numeric_address(address, port);
    const std::string name = address + ":" + std::to_string(port);

    UniqueFd listener{::socket(where->ai_family, SOCK_STREAM, 0)};
    if (!listener) fail(errno, "cannot create a socket for " + name);
    set_mode(listener.get(), Mode::non_blocking);

    // Not SO_REUSEPORT: with that, a second server would share our port without a word.
    const int on = 1;  // lets us listen again right after a restart
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    constexpr int backlog = 4096;
    if (::bind(listener.get(), where->ai_addr, where->ai_addrlen) != 0 ||
        ::listen(listener.get(), backlog) != 0)
        fail(errno, "cannot listen on " + name);
    send_at_once(listener.get());
    return listener;
}

std::uint16_t local_port(int listener) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail(errno, "cannot read the port of a socket");
    // The port stands at the same place in the addresses of both families.
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

UniqueFd accept_client(int listener, Mode mode) {
#if defined(__linux__) && !defined(SIX_PORTABLE)
    const int non_blocking = mode == Mode::non_blocking ? SOCK_NONBLOCK : 0;
    return UniqueFd{::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | non_blocking)};
#else
    UniqueFd client{::accept(listener, nullptr, nullptr)};
    if (client) set_mode(client.get(), mode);
    return client;
#endif
}

std::size_t receive(int client, std::span<char> buffer) {
    ssize_t received = 0;
    do {
        received = ::recv(client, buffer.data(), buffer.size(), 0);
    } while (received < 0 && errno == EINTR);
    return received > 0 ? static_cast<std::size_t>(received) : 0;
}

bool send_all(int client, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(client, bytes.data(), bytes.size(), 0);
        if (sent >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno != EINTR)
            return false;
    }
    return true;
}

void linger(int client, std::chrono::milliseconds time, std::size_t bytes) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + time;
    ::shutdown(client, SHUT_WR);

    std::array<char, 16 * 1024> discarded;
    while (bytes > 0) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd waiting{client, POLLIN, 0};
        const auto timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
        const int ready = ::poll(&waiting, 1, timeout);
        if (ready == 0) return;
        if (ready < 0) continue;  // a signal
        const std::size_t received = receive(client, discarded);
        if (received == 0) return;
        bytes -= std::min(bytes, received);
    }
}

}  // namespace six
