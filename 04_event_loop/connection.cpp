#include "04_event_loop/connection.hpp"

#include <sys/socket.h>

#include <array>
#include <utility>

#include "04_event_loop/nonblocking.hpp"

namespace six::event_loop {

using ParserState = http::RequestParser::State;
using Status = IoResult::Status;

Connection::Connection(UniqueFd socket, Service& service)
    : service_(service), socket_(std::move(socket)), parser_(service.limits) {
    service_.loop.watch(socket_.get());
    trace_.enter(trace::State::waiting_for_head);
}

Connection::~Connection() {
    close();
}

// #region serve
void Connection::resume() {
    answered_ = 0;
    while (answered_ < most_in_a_turn) {
        Then then = Then::leave;
        switch (state_) {
            case State::reading_head: then = read_head(); break;
            case State::handling: then = handle(); break;
            case State::writing: then = write(); break;
            case State::lingering: then = discard(); break;
            case State::closed: break;
        }
        if (then == Then::leave) return;
    }
    // The next request is here, and perhaps many more. But the others have a turn, too.
    timer_ = service_.loop.call_after({}, [this] { resume(); });
}
// #endregion

// #region read-head
Connection::Then Connection::read_head() {
    if (service_.draining && parser_.state() == ParserState::head) parser_.end_of_input();
    if (receive_while(ParserState::head) == Then::leave) return Then::leave;
    if (parser_.state() == ParserState::ended) {
        close();  // the client left without asking
        return Then::leave;
    }
    trace_.enter(trace::State::running);
    handler_ = service_.start_handler(*this);
    state_ = State::handling;
    return Then::go_on;
}
// #endregion

Connection::Then Connection::handle() {
    const std::optional<http::Response> response = handler_->resume();
    if (!response) return Then::leave;
    start_answer(*response);
    state_ = State::writing;
    return Then::go_on;
}

// #region read-body
std::optional<Outcome<std::string>> Connection::body(Where where) {
    if (!body_begun_) {
        body_begun_ = true;
        trace_.enter(trace::State::waiting_for_body, where);
        if (parser_.wants_continue()) begin_output(std::string(http::continue_100));
        parser_.begin_body();
    }
    if (send() == Then::leave || receive_while(ParserState::body) == Then::leave) return {};
    trace_.enter(trace::State::running, where);
    if (parser_.state() == ParserState::refused) return {{parser_.error(), {}}};
    return {{{}, parser_.take_body()}};
}
// #endregion

// #region receive
Connection::Then Connection::receive_while(ParserState state) {
    std::array<char, 16 * 1024> buffer;  // on the stack: while we wait we hold none
    while (parser_.state() == state) {
        if (!readable_) return wait_until_readable();
        const IoResult received = try_receive(socket_.get(), buffer);
        // Less than there was room for: no need to ask the kernel again, the loop will
        // tell.
        readable_ = received.status == Status::closed || received.bytes == buffer.size();
        if (received.status == Status::closed)
            parser_.end_of_input();
        else
            parser_.receive({buffer.data(), received.bytes});
    }
    return Then::go_on;
}

Connection::Then Connection::wait_until_readable() {
    service_.loop.when_readable(socket_.get(), [this] {
        readable_ = true;
        resume();
    });
    return Then::leave;
}

Connection::Then Connection::send() {
    while (!unsent_.empty()) {
        const IoResult sent = try_send(socket_.get(), unsent_);
        if (sent.status == Status::would_block) {
            service_.loop.when_writable(socket_.get(), [this] { resume(); });
            return Then::leave;
        }
        if (sent.status == Status::closed) {  // the client is gone: so is what it asked
            unsent_ = {};
            afterwards_ = http::Afterwards::close;
            parser_.end_of_input();
        } else {
            unsent_.remove_prefix(sent.bytes);
        }
    }
    return Then::go_on;
}
// #endregion

// #region respond
void Connection::start_answer(const http::Response& response) {
    trace_.enter(trace::State::writing);
    afterwards_ = http::afterwards(parser_, !service_.draining);
    const auto now = std::chrono::system_clock::now();
    begin_output(serialize(response, parser_.head(), afterwards_, now));
}

void Connection::begin_output(std::string bytes) {
    output_ = std::move(bytes);
    unsent_ = output_;
}

Connection::Then Connection::write() {
    if (send() == Then::leave) return Then::leave;
    trace_.enter(trace::State::done);
    handler_.reset();
    switch (afterwards_) {
        case http::Afterwards::next_request: next_request(); return Then::go_on;
        case http::Afterwards::linger: start_lingering(); return Then::go_on;
        case http::Afterwards::close: close(); break;
    }
    return Then::leave;
}
// #endregion

void Connection::next_request() {
    std::string().swap(output_);  // an idle client holds no buffer
    parser_.next_request();
    body_begun_ = false;
    state_ = State::reading_head;
    ++answered_;
    trace_ = trace::Request::next();
    trace_.enter(trace::State::waiting_for_head);
}

void Connection::start_lingering() {
    ::shutdown(socket_.get(), SHUT_WR);
    timer_ = service_.loop.call_after(http::linger_time, [this] { close(); });
    state_ = State::lingering;
}

Connection::Then Connection::discard() {
    std::array<char, 16 * 1024> buffer;
    while (discarded_ < http::linger_bytes) {
        const IoResult received = try_receive(socket_.get(), buffer);
        if (received.status == Status::would_block) return wait_until_readable();
        if (received.status == Status::closed) break;
        discarded_ += received.bytes;
    }
    close();
    return Then::leave;
}

void Connection::close_if_idle() {
    if (state_ == State::reading_head) close();
}

void Connection::close() {
    if (state_ == State::closed) return;
    if (state_ == State::reading_head)
        trace_.enter(trace::State::running);  // no longer waits
    state_ = State::closed;
    service_.loop.cancel(timer_);
    service_.loop.forget(
        socket_.get());  // before the kernel may give the number to another
    socket_.close();
    service_.closed(*this);
}

}  // namespace six::event_loop
