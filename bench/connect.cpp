#include "bench/connect.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "01_blocking/socket.hpp"

namespace six::bench {

namespace {

sockaddr_in to_socket_address(const ServerAddress& server) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    ::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr);
    return address;
}

/// Starts to connect, or, called again, asks how it went: 0, or an errno. Source:
/// connect(2).
int try_connect(int fd, const sockaddr_in& address) {
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(fd, generic, sizeof address) == 0 || errno == EISCONN) return 0;
    return errno;
}

bool in_progress(int error) {
    return error == EINPROGRESS || error == EALREADY || error == EINTR;
}

Connected failed(int error) {
    const bool ours = error == EMFILE || error == ENFILE || error == ENOBUFS ||
                      error == ENOMEM || error == EADDRNOTAVAIL;
    return {ours ? ConnectError::out_of_reach : ConnectError::refused, std::nullopt};
}

}  // namespace

Task<Connected> connect_to(EventLoop& loop, ServerAddress server) {
    UniqueFd fd{::socket(AF_INET, SOCK_STREAM, 0)};
    if (!fd) co_return failed(errno);
    set_mode(fd.get(), Mode::non_blocking);

    const sockaddr_in address = to_socket_address(server);
    int error = try_connect(fd.get(), address);
    AsyncSocket socket{loop, std::move(fd)};
    while (in_progress(error)) {
        co_await writable(loop, socket.fd());
        error = try_connect(socket.fd(), address);
    }
    if (error != 0) co_return failed(error);
    Connected result;
    result.socket.emplace(std::move(socket));
    co_return result;
}

}  // namespace six::bench
