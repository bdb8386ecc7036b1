// Turns a response into bytes, and decides what becomes of the connection afterwards.
// Pure functions: no socket, no clock of their own.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/http/message.hpp"
#include "common/http/request_parser.hpp"

namespace six::http {

/// The interim answer to `Expect: 100-continue`: sent when the handler asks for the body.
inline constexpr std::string_view continue_100 = "HTTP/1.1 100 Continue\r\n\r\n";

/// What a server does with a connection once the answer is out.
enum class Afterwards {
    next_request,  ///< keep it: the client may ask again
    close,         ///< close it at once: the client has nothing more to say
    linger,        ///< close it, but discard what still comes for a while first (see below)
};

/// How long, and how much, a lingering close discards. Closing a socket with unread bytes
/// resets the connection, and the client may never see its answer (RFC 9112, section 9.6).
/// So: shut down sending, discard until the client closes or one of these is reached,
/// close.
inline constexpr std::chrono::milliseconds linger_time{1000};
inline constexpr std::size_t linger_bytes = 4 * 1024 * 1024;

/// Decides it, once for all servers: a connection is used again only if the client wants
/// it, the server wants it (`server_keeps_alive`: false while shutting down) and the
/// request was read to its end, so that unread bytes never become the next request. A
/// client that is told of the end by this answer may have sent its next request already:
/// so the close lingers.
Afterwards afterwards(const RequestParser& request, bool server_keeps_alive);
/// The same for a server that answers one request a connection, and says so each time: it
/// waits for nobody who goes on all the same.
Afterwards after_only_request(const RequestParser& request);

/// The bytes to send (RFC 9112, section 4), among them `Content-Length`, `Date: now` and,
/// where needed, `Connection`. The answer to a HEAD request comes without its body.
///
/// Most answers are short, and have their bytes in here, where they cost no allocation.
class AnswerBytes {
  public:
    AnswerBytes(const Response& response, const RequestHead& request, Afterwards afterwards,
                std::chrono::system_clock::time_point now);
    AnswerBytes(const AnswerBytes&) = delete;  // `view` may point into it
    AnswerBytes& operator=(const AnswerBytes&) = delete;

    /// Valid as long as this lives, and where it is.
    std::string_view view() const noexcept {
        return long_.empty() ? std::string_view(room_.data(), size_) : long_;
    }

  private:
    std::array<char, 384> room_;
    std::size_t size_;  // of what stands in it
    std::string long_;  // all of it, if it does not fit
};

/// The same, for those who want a string.
std::string serialize(const Response& response, const RequestHead& request,
                      Afterwards afterwards, std::chrono::system_clock::time_point now);

}  // namespace six::http
