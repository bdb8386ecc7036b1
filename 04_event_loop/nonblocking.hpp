// The calls of chapter 01 on sockets that never block: each does what it can at once, or
// says that it would have to wait. The loop does the waiting, for all of them together.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace six {

/// What came of a try to read or write.
struct [[nodiscard]] IoResult {
    enum class Status {
        ok,           ///< `bytes` were moved, at least one
        would_block,  ///< nothing now: wait for readiness, then try again
        closed,       ///< nothing ever: the end of the stream, or the connection is broken
    };
    Status status = Status::closed;
    std::size_t bytes = 0;
};

/// Reads what has come, up to the size of `buffer`; never blocks. Fewer bytes than that
/// mean that there are no more for now, but the end of the stream is only seen by trying
/// again. `fd` is borrowed and non-blocking. Source: recv(2).
IoResult try_receive(int fd, std::span<char> buffer);

/// Writes as much as the kernel takes now; never blocks. Source: send(2).
IoResult try_send(int fd, std::string_view bytes);

/// Why an accept that found nobody should be tried again: when the listener is readable
/// (false) or, for whatever else went wrong, after a pause (true): mostly the system is
/// out of descriptors or memory. Looks at errno.
bool accept_needs_pause();

}  // namespace six
