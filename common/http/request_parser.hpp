// Turns the bytes of a connection into requests, without touching a socket ("sans-IO"):
// whoever waits for the bytes, in whatever way, hands them over. So all six servers share
// it. Read next: response.hpp.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "common/http/message.hpp"

namespace six::http {

/// Parses one request after another from the bytes of one connection.
///
/// It stops twice in each request: when the head is complete, so that the request can be
/// routed before a byte of its body is asked for, and when the whole request is. Bytes that
/// came too early (a pipelined request, a body that nobody asked for yet) are kept until
/// then.
///
/// Between two requests it holds no memory: most connections are idle most of the time.
///
/// Nothing here blocks or throws, save std::bad_alloc. Not thread-safe; each connection
/// owns one. Source: RFC 9112 (HTTP/1.1), with every laxness that it allows a server turned
/// off.
class RequestParser {
  public:
    enum class State {
        head,           ///< wants bytes: the head is not complete
        head_complete,  ///< a body follows, and waits for `begin_body`
        body,           ///< wants bytes: the body is not complete
        complete,       ///< the whole request is here; `next_request` goes on to the next
        refused,        ///< `error()` says why; the connection can't be used again
        ended,          ///< the client closed the connection between two requests
    };

    /// With the usual limits.
    RequestParser();
    /// `limits` is borrowed, and must outlive the parser.
    explicit RequestParser(const Limits& limits);
    explicit RequestParser(Limits&&) = delete;
    ~RequestParser();
    RequestParser(RequestParser&&) noexcept;
    RequestParser& operator=(RequestParser&&) noexcept;

    State state() const noexcept { return reading_ ? reading_->state : State::head; }
    /// True when the request can't go on without more bytes: it is time to wait for the
    /// client.
    bool wants_bytes() const noexcept {
        return state() == State::head || state() == State::body;
    }
    /// True when the client holds its body back until it is sent `100 Continue` (RFC
    /// 9110, 10.1.1).
    bool wants_continue() const noexcept {
        return state() == State::head_complete && head().expects_continue &&
               !has_leftover();
    }
    /// True when not one byte of the current request has come: closing now loses nothing.
    bool idle() const noexcept { return !reading_ || has_only_empty_lines(); }
    /// How many bytes are kept that the current request has not used.
    std::size_t leftover_bytes() const noexcept {
        return reading_ ? reading_->kept.size() - reading_->kept_used : 0;
    }
    bool has_leftover() const noexcept { return leftover_bytes() > 0; }
    /// How much memory it has for what has come but is no body: the current request's head,
    /// and what came too early.
    std::size_t held_bytes() const noexcept;

    /// Takes bytes as the client sent them: any number, cut anywhere. They are copied as
    /// far as they are needed later.
    void receive(std::string_view bytes);
    /// Tells that no more bytes will come. A request cut off in the middle is refused
    /// (400).
    void end_of_input();

    /// What the head says. Valid from `head_complete` on, until `next_request`; when
    /// refused, as much of it as is known.
    const RequestHead& head() const noexcept { return reading_ ? reading_->head : no_head; }
    /// Lets the body in; without effect when there is none, or it has begun.
    void begin_body();
    /// The part of the body that has come since the last call. In state `complete`: all the
    /// rest.
    std::string take_body();
    /// Forgets the request that is complete and starts the next one with the bytes left
    /// over.
    void next_request();

    /// Refuses the current request, for a reason of the server's (a literal).
    void refuse(int status, const char* reason);
    /// Why the request is refused. Only in state `refused`.
    const Error& error() const noexcept;

  private:
    /// What has been read, where it can be asked for at no cost.
    struct Reading {
        State state = State::head;
        RequestHead head;  // the target in `path` is as it was sent, until the head ends
        // The bytes that came too early, and how many of them are used by now. While the
        // parser wants bytes there are none.
        std::string kept;
        std::size_t kept_used = 0;
    };
    struct Engine;  // a Reading, and what reads: llhttp, and the rules that it leaves to us
    struct Delete {
        void operator()(Reading* engine) const noexcept;
    };
    static const RequestHead no_head;
    Engine& engine();
    bool has_only_empty_lines() const noexcept;

    const Limits* limits_;
    std::unique_ptr<Reading, Delete> reading_;  // none: nothing of a request has come
};

}  // namespace six::http
