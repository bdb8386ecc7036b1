// One client's connection on Asio. No call waits: each takes a callback, and returns at
// once. Read next: server.cpp, where the callbacks meet.
#pragma once

#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/http/request_parser.hpp"
#include "common/http/response.hpp"
#include "common/trace/trace.hpp"

namespace six::callbacks {

class Connections;

/// Reads requests and writes answers. One wait at a time; all on the loop's thread.
///
/// Nobody owns a connection but the callbacks that wait for it: each holds a shared_ptr, so
/// that it lives as long as somebody is going to be called. When the last one has been
/// called, the connection closes. A callback that forgets its shared_ptr is a crash; one
/// that is stored in the connection itself is a leak.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Where = trace::Where;

    Connection(asio::ip::tcp::socket socket, const http::Limits& limits, Connections& all);
    ~Connection();

    /// Calls back once the head is here (true), or the client has left without asking
    /// (false).
    void read_head(std::function<void(bool)> then, Where where = Where::current());
    /// Calls back with the whole body, or with the reason why it is refused or cut off.
    void body(std::function<void(std::optional<http::Error>, std::string)> then,
              Where where = Where::current());
    /// Sends the answer. Calls back if the client may ask again (else the connection ends
    /// here).
    void respond(const http::Response& response, std::function<void()> then_next,
                 Where where = Where::current());

    /// Ends the wait for a head, if that is what the client is at. See Connections::drain.
    void close_if_idle();

    const http::RequestParser& parser() const { return parser_; }
    trace::Request trace() const { return trace_; }

  private:
    void receive_until(std::function<bool()> done, std::function<void()> then);
    void send_continue(std::function<void()> then);
    void linger();
    void discard(std::size_t bytes_left);

    asio::ip::tcp::socket socket_;
    asio::steady_timer linger_timer_;
    http::RequestParser parser_;
    trace::Request trace_ = trace::Request::accepted();
    Connections& all_;
    std::array<char, 4096> buffer_{};
    std::string output_;
    bool idle_ = true;
};

}  // namespace six::callbacks
