// The words of one HTTP exchange, as plain values: what a request's head says, what a
// response holds, and the error that a refused request gets. Nothing here waits.
// Read next: request_parser.hpp (bytes to request), response.hpp (response to bytes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace six::http {

/// The methods that the server's routes know; every other one is `other`.
enum class Method { get, head, post, options, other };

/// What the head of a request says (RFC 9112, section 3; RFC 9110, section 10.1.1).
struct RequestHead {
    Method method = Method::other;
    std::string path = {};   ///< without scheme, authority and query; "*" for `OPTIONS *`
    int minor_version = 1;   ///< the N of HTTP/1.N: 0 or 1
    bool keep_alive = true;  ///< the client is ready for another request afterwards
    bool expects_continue = false;     ///< sends its body only after `100 Continue`
    bool unknown_expectation = false;  ///< asked for something other than `100-continue`
    bool chunked = false;              ///< the body comes in chunks, its size unknown
    std::optional<std::uint64_t> content_length = {};  ///< in bytes, as declared
};

/// An answer, before it is turned into bytes by `serialize`.
struct Response {
    int status = 200;
    std::string_view content_type = "application/json";  ///< a literal; empty: no field
    std::string body = {};
    std::uint64_t body_follows = 0;  ///< so many bytes more of it are sent later
    /// The value of `Allow`, for 405 and OPTIONS: a literal; empty: no field.
    std::string_view allow = {};
    int retry_after_s = 0;  ///< the value of `Retry-After` in seconds; 0: no field
};

/// Why a request is refused: an HTTP status and one sentence for the client.
/// Thrown where code is straight (chapters 01, 02, 05, 06), handed to the callback where it
/// is not (03, 04).
class Error : public std::runtime_error {
  public:
    /// `allow` is a literal: see `Response::allow`.
    Error(int status, const std::string& reason, std::string_view allow = {})
        : std::runtime_error(reason), status_(status), allow_(allow) {}

    int status() const noexcept { return status_; }
    std::string_view allow() const noexcept { return allow_; }

  private:
    int status_;
    std::string_view allow_;
};

/// The response that tells a client of an error: `{"error": "…"}`, with `Retry-After: 1`
/// where the status is 503.
Response to_response(const Error& error);

/// The bounds that every request is held to. RFC 9110 asks a server to have them (4.1, 5.4,
/// 15.5.14) and leaves the numbers to it.
struct Limits {
    std::size_t target_bytes = 8 * 1024;   ///< longer: 414
    std::size_t header_bytes = 16 * 1024;  ///< the header section, and the trailers: 431
    std::size_t header_fields = 100;       ///< in the head, and in the trailers: 431
    std::size_t body_bytes = 1024 * 1024;  ///< longer: 413
    std::size_t chunk_line_bytes = 256;    ///< a chunk's size and its extensions: 400
    std::size_t chunk_extension_bytes = 16 * 1024;  ///< of all chunks together: 400
};

}  // namespace six::http
