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
        Step step = Step::waits;
        switch (state_) {
            case State::reading_head: step = read_head(); break;
            case State::handling: step = handle(); break;
            case State::writing: step = write(); break;
            case State::lingering: step = discard(); break;
            case State::closed: break;
        }
        if (step == Step::waits)
            return;  // the loop has our callback: see receive_while, send
    }
    // The next request is here, and perhaps many more. But the others have a turn, too.
    timer_ = service_.loop.call_after({}, [this] { resume(); });
}
// #endregion

// #region read-head
Connection::Step Connection::read_head() {
    if (service_.draining && parser_.state() == ParserState::head) parser_.end_of_input();
    if (receive_while(ParserState::head) == Step::waits) return Step::waits;
    if (parser_.state() == ParserState::ended) {
        close();  // the client left without asking
        return Step::waits;
    }
    trace_.enter(trace::State::running);
    handler_ = service_.start_handler(*this);
    state_ = State::handling;
    return Step::done;
}
// #endregion

Connection::Step Connection::handle() {
    const std::optional<http::Response> response = handler_->resume();
    if (!response) return Step::waits;
    start_answer(*response);
    state_ = State::writing;
    return Step::done;
}

// #region read-body
std::optional<Outcome<std::string>> Connection::body(Where where) {
    if (!body_begun_) {
        body_begun_ = true;
        trace_.enter(trace::State::waiting_for_body, where);
        if (parser_.wants_continue()) output_ = http::continue_100;
        parser_.begin_body();
    }
    if (send() == Step::waits || receive_while(ParserState::body) == Step::waits) return {};
    trace_.enter(trace::State::running, where);
    if (parser_.state() == ParserState::refused) return {{parser_.error(), {}}};
    return {{{}, parser_.take_body()}};
}
// #endregion

// #region receive
Connection::Step Connection::receive_while(ParserState state) {
    std::array<char, 16 * 1024> buffer;  // on the stack: who waits holds no buffer
    while (parser_.state() == state) {
        if (drained_) return wait_until_readable();
        const IoResult received = try_receive(socket_.get(), buffer);
        // Less than there was room for: no need to ask the kernel again, the loop will
        // tell.
        drained_ = received.status != Status::closed && received.bytes < buffer.size();
        if (received.status == Status::closed)
            parser_.end_of_input();
        else
            parser_.receive({buffer.data(), received.bytes});
    }
    return Step::done;
}

Connection::Step Connection::wait_until_readable() {
    service_.loop.when_readable(socket_.get(), [this] {
        drained_ = false;
        resume();
    });
    return Step::waits;
}

Connection::Step Connection::send() {
    while (!output_.empty()) {
        const IoResult sent = try_send(socket_.get(), output_);
        if (sent.status == Status::would_block) {
            service_.loop.when_writable(socket_.get(), [this] { resume(); });
            return Step::waits;
        }
        if (sent.status == Status::closed) {  // the client is gone: so is what it asked
            output_.clear();
            afterwards_ = http::Afterwards::close;
            parser_.end_of_input();
        } else {
            output_.erase(0, sent.bytes);
        }
    }
    return Step::done;
}
// #endregion

// #region respond
void Connection::start_answer(const http::Response& response) {
    trace_.enter(trace::State::writing);
    afterwards_ = http::afterwards(parser_, !service_.draining);
    output_ =
        serialize(response, parser_.head(), afterwards_, std::chrono::system_clock::now());
}

Connection::Step Connection::write() {
    if (send() == Step::waits) return Step::waits;
    trace_.enter(trace::State::done);
    handler_.reset();
    switch (afterwards_) {
        case http::Afterwards::next_request: next_request(); return Step::done;
        case http::Afterwards::linger: start_lingering(); return Step::done;
        case http::Afterwards::close: close(); break;
    }
    return Step::waits;
}
// #endregion

void Connection::next_request() {
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

Connection::Step Connection::discard() {
    std::array<char, 16 * 1024> buffer;
    while (discarded_ < http::linger_bytes) {
        const IoResult received = try_receive(socket_.get(), buffer);
        if (received.status == Status::would_block) return wait_until_readable();
        if (received.status == Status::closed) break;
        discarded_ += received.bytes;
    }
    close();
    return Step::waits;
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
