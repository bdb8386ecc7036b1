// Looks at a running server from outside, through Linux's /proc (proc(5)): which system
// call each of its threads sleeps in, and on whose socket. Elsewhere, or where the system
// forbids it, it sees nothing, and says so. Read next: play_sockets.hpp.
#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>

#include "bench/play_model.hpp"

namespace six::play {

/// One look at process `pid` and at the other ends of its two clients' sockets, which are
/// borrowed; -1 for a client that is not connected. Doesn't block. A look is no snapshot:
/// two equal ones are.
Look look_at(pid_t pid, const std::array<int, 2>& clients);

/// A thread's system call and the descriptor it is about: "45 0x7 0x5581… …".
struct SystemCall {
    Call call = Call::running;
    int fd = -1;

    bool operator==(const SystemCall&) const = default;
};
/// Nothing if the text is none, or may not be read.
std::optional<SystemCall> parse_system_call(const std::string& text);

}  // namespace six::play
