// TCP with the plain POSIX calls that block: listen, accept, receive, send.
// Descriptors go in as borrowed ints and come out as UniqueFd: who holds that, owns the
// socket.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "01_blocking/unique_fd.hpp"

namespace six {

/// What a call on a socket does when it can't be done at once: wait, or say so (errno
/// EAGAIN).
enum class Mode { blocking, non_blocking };

/// Prepares the process for serving: raises the soft limit of open descriptors to the hard
/// one, and ignores SIGPIPE, so that a client that is gone is an error of send() and no
/// signal.
void prepare_process();

/// A socket that listens on a numeric address ("127.0.0.1", "::1"). Port 0: any free one.
/// The listener itself never blocks: one polls it, and a client may vanish between poll and
/// accept. Throws std::system_error that names the address when the port is taken or not
/// allowed.
UniqueFd listen_on(const std::string& address, std::uint16_t port);
/// For a listener that comes from elsewhere: the sockets that it will accept send each
/// piece at once. `listen_on` has done it.
void send_at_once(int listener);
/// The port that a listening socket has got.
std::uint16_t local_port(int listener);

/// The next client, its socket in the given mode. Empty when there is none, or when
/// accepting fails (out of descriptors, say; accept(2) lists the reasons, errno tells):
/// pause, try again.
UniqueFd accept_client(int listener, Mode mode);
/// How long to pause then: a failing accept that is tried again at once burns the CPU.
inline constexpr std::chrono::milliseconds accept_pause{50};

/// Blocks until some bytes have come, and returns how many. 0: no more will come, because
/// the client has closed its side or the connection is broken.
[[nodiscard]] std::size_t receive(int client, std::span<char> buffer);

/// Blocks until the kernel has taken all bytes. False: the client is gone.
[[nodiscard]] bool send_all(int client, std::string_view bytes);

/// Shuts down sending, then blocks until the client closes its side, or `time` is over, or
/// `bytes` have been thrown away. Call it before closing while the client may still be
/// sending: else the close resets the connection, and the client may lose the answer (RFC
/// 9112, section 9.6).
void linger(int client, std::chrono::milliseconds time, std::size_t bytes);

/// Close-on-exec, and non-blocking if so asked: for systems that can't do it at birth.
void set_mode(int fd, Mode mode);

}  // namespace six
