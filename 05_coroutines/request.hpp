// One client's request, for a task that waits for it: chapter 01's `Request`, with the same
// calls under the same names. There a thread waits in them; here a task does, and the
// thread goes on. Read first: task.hpp, async_socket.hpp. Read next: server.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/task.hpp"
#include "common/http/request_parser.hpp"
#include "common/trace/trace.hpp"

namespace six::coroutines {

/// The requests of one connection, one after another. Loop's thread only.
class Request {
  public:
    using Where = trace::Where;

    /// Socket and buffer are borrowed. All connections of a loop may read into the same
    /// buffer: it is only used between the moment when bytes have come and the next wait.
    Request(AsyncSocket& client, std::span<char> buffer, const http::Limits& limits)
        : client_(client), buffer_(buffer), parser_(limits) {}

    /// Suspends until the head is here (or refused). False: the client left without asking.
    Task<bool> read_head(Where where = Where::current());
    /// Suspends until the whole body is here. Throws http::Error if it is refused or cut
    /// off.
    Task<std::string> body(Where where = Where::current());
    /// Suspends until the kernel has taken all bytes. False: the client is gone.
    Task<bool> write(std::string_view bytes, Where where = Where::current());
    /// Suspends until there is more of the request than before, or its end.
    Task<void> receive_some();
    /// Goes on to the client's next request.
    void next();

    const http::RequestParser& parser() const { return parser_; }
    trace::Request trace() const { return trace_; }

  private:
    AsyncSocket& client_;
    std::span<char> buffer_;
    http::RequestParser parser_;
    trace::Request trace_ = trace::Request::accepted();
};

}  // namespace six::coroutines
