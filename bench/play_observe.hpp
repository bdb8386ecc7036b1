// Looks at a running server from outside, through Linux's /proc: which system call each of
// its threads sleeps in, on whose socket, and which bytes nobody has read yet (proc(5)).
// Elsewhere, or where the system forbids it, it sees nothing, and says so.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/play_model.hpp"

namespace six::play {

/// The ports of the two clients' ends; nothing for a client that is not connected.
using Ports = std::array<std::optional<std::uint16_t>, 2>;

/// One look at process `pid`, which listens on `port`. Doesn't block. A look is no
/// snapshot: two equal ones are.
Look look_at(pid_t pid, std::uint16_t port, const Ports& clients);

// What is read there, for the tests.

/// A thread's system call and the descriptor it is about: "45 0x7 0x5581… …".
struct SystemCall {
    Call call = Call::running;
    int fd = -1;

    bool operator==(const SystemCall&) const = default;
};
/// Nothing if the text is none, or may not be read.
std::optional<SystemCall> parse_system_call(const std::string& text);

/// One end of a connection on this machine.
struct Socket {
    std::uint16_t local_port = 0;
    std::uint16_t remote_port = 0;
    std::size_t unsent = 0;
    std::size_t unread = 0;
    unsigned long inode = 0;  ///< 0: not accepted yet (or closed already)

    bool operator==(const Socket&) const = default;
};
/// A line of /proc/net/tcp; nothing if it is another one or the connection is over.
std::optional<Socket> parse_socket(const std::string& line);

}  // namespace six::play
