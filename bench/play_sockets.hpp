// What Linux tells of a connection's other end, which is on the same machine: which bytes
// nobody has read there, and whether it has been accepted (sock_diag(7)). One question for
// one socket: to search /proc/net/tcp takes long after a load of thousands of clients.
#pragma once

#include <cstddef>
#include <optional>

namespace six::play {

/// The other end of a connection on this machine.
struct OtherEnd {
    std::size_t unread = 0;   ///< bytes that have arrived there
    std::size_t unsent = 0;   ///< bytes on their way to us
    unsigned long inode = 0;  ///< the number of the socket; 0: not accepted yet

    bool operator==(const OtherEnd&) const = default;
};

/// Asks the kernel. Nothing if the other end is closed, elsewhere, or not shown.
std::optional<OtherEnd> find_other_end(int socket);
/// Whether this system tells us nothing of a connection, not even of our own end.
bool hides_sockets(int socket);

}  // namespace six::play
