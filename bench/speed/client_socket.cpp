#include "bench/speed/client_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <system_error>

namespace six::speed {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Gives up on a server that takes neither connections nor requests.
void limit_sending(int socket) {
    const timeval patience{5, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

/// The simplest there is, which every Linux has. The system's own choice may reckon with
/// each acknowledgement and time each packet (BBR): work for both cores, for nothing on
/// loopback.
void use_plain_congestion_control(int socket) {
    constexpr std::string_view name = "reno";
    ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(), name.size());
}

/// Closed with a reset. After a close without one, its port would be taken for a minute
/// (TIME_WAIT), and those of thousands soon be all there are.
void close_with_reset(int socket) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

testing::Descriptor connect_to(const testing::Address& server) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    ::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr);
    testing::Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) fail("cannot create a socket");
    limit_sending(socket.get());
    close_with_reset(socket.get());
    use_plain_congestion_control(socket.get());
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) != 0)
        fail("cannot connect to " + server.host + ":" + std::to_string(server.port));
    return socket;
}

bool is_closed(int socket) {
    char byte = 0;
    const ssize_t count = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count >= 0 || (errno != EAGAIN && errno != EINTR);  // unasked bytes, too
}

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace six::speed
