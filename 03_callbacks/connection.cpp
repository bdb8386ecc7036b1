#include "03_callbacks/connection.hpp"

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/write.hpp>
#include <utility>
#include <vector>

#include "03_callbacks/connections.hpp"

namespace six::callbacks {

using State = http::RequestParser::State;
using Code = asio::error_code;

Connection::Connection(asio::ip::tcp::socket socket, const http::Limits& limits,
                       Connections& all)
    : socket_(std::move(socket)),
      linger_timer_(socket_.get_executor()),
      parser_(limits),
      all_(all) {
    all_.enter(*this);
}

Connection::~Connection() {
    all_.leave(*this);
}

// #region receive
void Connection::receive_until(std::function<bool()> done, std::function<void()> then) {
    if (done()) return then();
    auto on_bytes = [self = shared_from_this(), done = std::move(done),
                     then = std::move(then)](Code error, std::size_t received) mutable {
        if (error)
            self->parser_.end_of_input();
        else
            self->parser_.receive({self->buffer_.data(), received});
        self->receive_until(std::move(done), std::move(then));
    };
    socket_.async_read_some(asio::buffer(buffer_), std::move(on_bytes));  // returns at once
}
// #endregion

// #region read-head
void Connection::read_head(std::function<void(bool)> then, Where where) {
    trace_.enter(trace::State::waiting_for_head, where);
    idle_ = true;
    if (all_.draining() && parser_.state() == State::head) parser_.end_of_input();
    receive_until([this] { return parser_.state() != State::head; },
                  [this, then = std::move(then), where] {
                      idle_ = false;
                      trace_.enter(trace::State::running, where);
                      then(parser_.state() != State::ended);
                  });
}
// #endregion

// #region read-body
void Connection::body(std::function<void(std::optional<http::Error>, std::string)> then,
                      Where where) {
    trace_.enter(trace::State::waiting_for_body, where);
    send_continue([this, self = shared_from_this(), then = std::move(then), where] {
        parser_.begin_body();
        receive_until([this] { return parser_.state() != State::body; },
                      [this, then, where] {
                          trace_.enter(trace::State::running, where);
                          if (parser_.state() == State::refused)
                              then(parser_.error(), {});
                          else
                              then({}, parser_.take_body());
                      });
    });
}

void Connection::send_continue(std::function<void()> then) {
    if (!parser_.wants_continue()) return then();
    auto on_sent = [self = shared_from_this(), then = std::move(then)](Code error,
                                                                       std::size_t) {
        if (error) self->parser_.end_of_input();
        then();
    };
    asio::async_write(socket_, asio::buffer(http::continue_100), std::move(on_sent));
}
// #endregion

// #region respond
void Connection::respond(const http::Response& response, std::function<void()> then_next,
                         Where where) {
    trace_.enter(trace::State::writing, where);
    const auto afterwards = http::afterwards(parser_, !all_.draining());
    const auto now = std::chrono::system_clock::now();
    output_ =
        serialize(response, parser_.head(), afterwards, now);  // lives until it is sent
    auto on_sent = [this, self = shared_from_this(), afterwards, where,
                    then_next = std::move(then_next)](Code error, std::size_t) {
        trace_.enter(trace::State::done, where);
        if (error) return;  // the client is gone
        if (afterwards == http::Afterwards::linger) return linger();
        if (afterwards == http::Afterwards::close) return;
        parser_.next_request();
        trace_ = trace::Request::next();
        then_next();
    };
    asio::async_write(socket_, asio::buffer(output_), std::move(on_sent));
}
// #endregion

void Connection::linger() {
    Code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    linger_timer_.expires_after(http::linger_time);
    linger_timer_.async_wait([self = shared_from_this()](Code error) {
        Code also_ignored;
        if (!error) self->socket_.close(also_ignored);  // ends the wait in discard
    });
    discard(http::linger_bytes);
}

void Connection::discard(std::size_t bytes_left) {
    auto on_bytes = [self = shared_from_this(), bytes_left](Code error,
                                                            std::size_t received) {
        if (error || received >= bytes_left)
            self->linger_timer_.cancel();
        else
            self->discard(bytes_left - received);
    };
    socket_.async_read_some(asio::buffer(buffer_), std::move(on_bytes));
}

void Connection::close_if_idle() {
    Code ignored;
    if (idle_) socket_.close(ignored);
}

void Connections::leave(Connection& connection) {
    open_.erase(&connection);
    if (draining() && open_.empty()) when_empty_();
}

void Connections::drain(std::function<void()> when_empty) {
    when_empty_ = std::move(when_empty);
    if (open_.empty()) return when_empty_();
    // A copy: a connection that closes leaves, while we walk.
    for (Connection* connection : std::vector(open_.begin(), open_.end()))
        connection->close_if_idle();
}

}  // namespace six::callbacks
