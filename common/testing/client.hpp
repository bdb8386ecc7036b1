// A plain blocking HTTP client for tests. It shows what a browser hides: bytes sent in
// pieces, halves of connections, resets, interim answers, and the order in which all of
// that happens. Read next: server_process.hpp, slow_clients.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

#include "common/testing/deadline.hpp"
#include "common/testing/descriptor.hpp"
#include "common/testing/response.hpp"

namespace six::testing {

/// Where a server listens. `host` is a name or a numeric address.
struct Address {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
};

/// One connection to a server. Every call that waits has a deadline and throws WaitFailed,
/// with what it waited for, when that is over or the other side has gone. Move-only; one
/// thread.
class Client {
  public:
    struct Options {
        /// SO_RCVBUF in bytes, for a client that takes little at a time; 0: the system's
        /// choice.
        int receive_buffer_bytes = 0;
    };
    /// How the server ended a connection.
    enum class End { closed, reset };

    /// Connects. Throws std::system_error, such as ECONNREFUSED.
    explicit Client(const Address& server);
    Client(const Address& server, Options options);
    /// A client on a socket that is connected already and doesn't block (socketpair).
    explicit Client(Descriptor socket) : socket_(std::move(socket)) {}

    // --- sending ---

    /// Hands all of it to the kernel. Throws WaitFailed if the server takes no more.
    void send(std::string_view bytes, Deadline deadline = Deadline());
    /// The same, in pieces, each in a packet of its own where the kernel has the choice.
    void send_in_pieces(std::string_view bytes, std::size_t piece_bytes);
    /// Sends until all of it is sent (true) or the server has closed its side (false).
    [[nodiscard]] bool try_send(std::string_view bytes, Deadline deadline = Deadline());
    /// Sends as much as the kernel takes now, and returns how much that was; never waits.
    /// 0: it takes no more, or the server is gone.
    [[nodiscard]] std::size_t send_some(std::string_view bytes);
    /// Sends no more; still receives (shutdown(2), SHUT_WR).
    void half_close();
    /// Ends the connection with a reset instead of a close (SO_LINGER with 0 seconds).
    void reset();
    void close() { socket_.close(); }

    // --- receiving ---

    /// Waits for one whole answer, past the interim ones, and takes it off the stream.
    Response read_response(Deadline deadline = Deadline());
    /// The same for an answer to HEAD, which ends with its head.
    Response read_response_to_head(Deadline deadline = Deadline());
    /// Waits for `100 Continue`. Throws WaitFailed if the next answer is another one.
    void read_continue(Deadline deadline = Deadline());
    /// Waits for so many bytes, whatever they are.
    std::string read_bytes(std::size_t count, Deadline deadline = Deadline());
    /// Waits for the end of the stream and returns what came before. Throws at a reset.
    std::string read_until_end(Deadline deadline = Deadline());
    /// Waits for the end, of either kind. Throws WaitFailed if bytes come first.
    End read_end(Deadline deadline = Deadline());
    /// Waits until something can be read: bytes, or the end.
    void wait_until_readable(Deadline deadline = Deadline());
    /// True if bytes or the end of the connection are here, unread. Doesn't wait: it proves
    /// something only where the order of events leaves them no time to come later.
    bool has_news();
    /// Its socket, borrowed: to poll it beside other things, or to ask for its port.
    int fd() const { return socket_.get(); }

  private:
    enum class Received { bytes, end, reset };

    Received receive(const std::string& what, const Deadline& deadline);
    void fill(const std::string& what, const Deadline& deadline);
    Response read_head(const Deadline& deadline);
    Response read_final_head(const Deadline& deadline);

    Descriptor socket_;
    std::string received_;  // and not read yet
};

std::ostream& operator<<(std::ostream& out, Client::End end);

/// True if nobody listens there: the connection is refused. Doesn't wait.
bool refuses_connections(const Address& server);

/// So many clients may connect before a server takes the first of them. macOS lets 128
/// wait, whatever the server asks for; who finds no room tries again a second later.
inline constexpr std::size_t room_in_line = 100;

/// Raises this process's soft limit of open descriptors to `count` and a few more. Throws
/// std::runtime_error with the two numbers where the hard limit forbids it.
void allow_descriptors(std::size_t count);

}  // namespace six::testing
