// One client's connection as an explicit state machine: it does what can be done now,
// remembers where it stopped, and is resumed when there may be more to do. Nothing in it
// ever waits. Read first: event_loop.hpp, nonblocking.hpp. Read next: server.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "01_blocking/unique_fd.hpp"
#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/outcome.hpp"
#include "common/http/request_parser.hpp"
#include "common/http/response.hpp"
#include "common/trace/trace.hpp"

namespace six::event_loop {

/// What a handler is here: a state machine too. `resume` goes on from where it stopped.
/// Empty: it waits, and wants to be resumed when what it waits for may have come.
class Handler {
  public:
    virtual ~Handler() = default;
    virtual std::optional<http::Response> resume() = 0;
};

class Connection;

/// What connections share, and what they ask of their server. All on the loop's thread.
struct Service {
    EventLoop& loop;
    const http::Limits& limits;
    /// Starts the handler for a request whose head is here.
    std::function<std::unique_ptr<Handler>(Connection&)> start_handler;
    /// Told once, when a connection has closed. It must not be destroyed before the call
    /// returns.
    std::function<void(Connection&)> closed;
    bool draining = false;
};

/// Reads requests, resumes their handlers, writes answers. Loop's thread only.
class Connection {
  public:
    using Where = trace::Where;

    Connection(UniqueFd socket, Service& service);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Does all that can be done now. Called by the loop, and by whoever has what a handler
    /// waits for.
    void resume();
    /// Closes if no request is in flight; the others close once they are answered.
    void close_if_idle();

    /// For handlers: the body, or why it is refused or cut off. Empty: not yet; the
    /// connection resumes its handler when more of it has come.
    std::optional<Outcome<std::string>> body(Where where = Where::current());
    const http::RequestParser& parser() const { return parser_; }
    trace::Request trace() const { return trace_; }

  private:
    enum class State { reading_head, handling, writing, lingering, closed };
    /// What a step of the machine says: on to the next one, or back to the loop, since we
    /// wait (then somebody has been asked to resume us) or are closed.
    enum class Then { go_on, leave };

    Then read_head();
    Then handle();
    Then write();
    Then discard();
    Then receive_while(http::RequestParser::State state);
    Then wait_until_readable();
    Then send();
    void begin_output(std::string bytes);
    void start_answer(const http::Response& response);
    void next_request();
    void start_lingering();
    void close();

    Service& service_;
    UniqueFd socket_;
    http::RequestParser parser_;
    State state_ = State::reading_head;
    std::unique_ptr<Handler> handler_;
    std::string output_;
    std::string_view unsent_;  // the part of it that the kernel has not taken yet
    http::Afterwards afterwards_ = http::Afterwards::close;
    static constexpr int most_in_a_turn = 16;
    int answered_ = 0;  // requests, since the loop resumed us
    TimerId timer_;     // of the lingering, or of the next turn
    std::size_t discarded_ = 0;
    bool readable_ = true;  // as far as we know: a read that got all there was ends it
    bool body_begun_ = false;
    trace::Request trace_ = trace::Request::accepted();
};

}  // namespace six::event_loop
