// How a task becomes somebody's client: connect(2), awaited.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/task.hpp"

namespace six::bench {

/// Where a server listens: a numeric IPv4 address.
struct ServerAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
};

/// Why there is no connection.
enum class ConnectError {
    none,
    refused,       ///< nobody listens there, or the network is broken
    out_of_reach,  ///< this machine has no socket, port or memory left: not the server's
                   ///< fault
};
struct Connected {
    ConnectError error = ConnectError::none;
    std::optional<AsyncSocket> socket;  ///< there if there is no error
};

/// Suspends until the server's system has taken the connection (which is not yet the
/// server's program: it may accept it much later). Throws Cancelled. The loop must outlive
/// the socket.
Task<Connected> connect_to(EventLoop& loop, ServerAddress server);

}  // namespace six::bench
