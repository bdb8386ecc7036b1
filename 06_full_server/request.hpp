// Chapter 05's `Request`, with a deadline for each of its waits.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "05_coroutines/request.hpp"

namespace six::full {

/// How long a client may keep us waiting, in each phase of a request.
struct Deadlines {
    std::chrono::milliseconds idle{
        60'000};  ///< for the first byte of a request: then closed
    std::chrono::milliseconds head{10'000};   ///< for the rest of its head: then 408
    std::chrono::milliseconds body{30'000};   ///< for its body: then 408
    std::chrono::milliseconds write{30'000};  ///< to take our answer: then closed
};

/// The requests of one connection, one after another. Loop's thread only.
class Request {
  public:
    using Where = trace::Where;

    /// Socket, buffer (may be shared by all connections of the loop) and deadlines are
    /// borrowed.
    Request(AsyncSocket& client, std::span<char> buffer, const http::Limits& limits,
            const Deadlines& deadlines)
        : client_(client), deadlines_(deadlines), request_(client, buffer, limits) {}

    /// Suspends until the head is here (or refused). False: the client left, or stayed
    /// silent, without asking for anything. Throws http::Error (408) if it stops in the
    /// middle.
    Task<bool> read_head(Where where = Where::current());
    /// Suspends until the whole body is here. Throws http::Error: refused, cut off, late
    /// (408).
    Task<std::string> body(Where where = Where::current());
    /// Suspends until the kernel has taken all bytes. False: the client is gone, or doesn't
    /// read.
    Task<bool> write(std::string_view bytes, Where where = Where::current());
    void next() { request_.next(); }

    const http::RequestParser& parser() const { return request_.parser(); }
    trace::Request trace() const { return request_.trace(); }

  private:
    AsyncSocket& client_;
    const Deadlines& deadlines_;
    coroutines::Request request_;
};

}  // namespace six::full
