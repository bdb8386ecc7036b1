// Chapter 05's `Request`, with a time limit for each of its waits. Read first:
// phase_deadline.hpp. Read next: worker.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "02_threads/thread_pool.hpp"
#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/task.hpp"
#include "06_full_server/memory_budget.hpp"
#include "06_full_server/metrics.hpp"
#include "06_full_server/phase_deadline.hpp"
#include "06_full_server/spool.hpp"
#include "common/http/request_parser.hpp"
#include "common/http/response.hpp"
#include "common/trace/trace.hpp"

namespace six::full {

/// How long each phase of a request may last.
struct Deadlines {
    std::chrono::milliseconds idle{60'000};     ///< for a request's first byte: then closed
    std::chrono::milliseconds head{10'000};     ///< for the rest of its head: then 408
    std::chrono::milliseconds body{30'000};     ///< for its body, and more with each byte
    std::chrono::milliseconds handler{30'000};  ///< for the database: then 503
    std::chrono::milliseconds write{30'000};    ///< to take our answer: then closed

    int body_rate = 500;  ///< so many bytes of a body buy a second more

    std::chrono::milliseconds shortest() const;
};

/// A phase of a request, by the name of its limit: `&Deadlines::head`.
using Phase = std::chrono::milliseconds Deadlines::*;

class HeadWait;
class AnswerWait;

/// The requests of one connection, one after another. Loop's thread only. Its waits don't
/// know of their limits: when one is over, the scope that they wait in is cancelled, and
/// they throw Cancelled.
class Request {
  public:
    using Where = trace::Where;

    /// What the requests of one loop share. All of it is borrowed.
    struct Shared {
        std::span<char>
            buffer;  ///< used between the moment when bytes come and the next wait
        const http::Limits& limits;
        const Deadlines& deadlines;
        MemoryBudget& memory;
        LoopMetrics& metrics;
    };

    /// All are borrowed.
    Request(AsyncSocket& client, PhaseDeadline& deadline, const Shared& shared)
        : client_(client),
          deadline_(deadline),
          shared_(shared),
          memory_(shared.memory),
          parser_(shared.limits) {}

    /// Suspends until the head is here (or refused). False: the client left without asking.
    /// Throws Cancelled when `idle` or `patience` is cancelled.
    HeadWait read_head(CancellationScope& idle, CancellationScope& patience,
                       Where where = Where::current());
    /// From now on it waits for the handler, not for the client. Throws http::Error (503)
    /// if there is no room for what came together with its head.
    void begin_handler();
    /// Suspends until the whole body is here. Throws http::Error if it is refused or cut
    /// off, or if there is no memory for it.
    Task<std::string> body(Where where = Where::current());
    /// The same for a body that is too large for the memory. `disk` writes what has come to
    /// a file; its time is not the client's.
    Task<std::shared_ptr<Spool>> upload(ThreadPool& disk, const SpoolPlace& place,
                                        Where where = Where::current());
    /// Suspends until the kernel has taken the answer. False: the client is gone. Uses up
    /// the response's body.
    AnswerWait answer(http::Response& response, http::Afterwards afterwards,
                      Where where = Where::current());
    /// The database is asked for a part of a large item: from now on it has its time. When
    /// that is over the client can't be told any more, but for the first part.
    void begin_part() { deadline_.begin(shared_.deadlines.handler); }
    /// As `answer`, for that part.
    AnswerWait write(std::string bytes, Where where = Where::current());
    /// Counts bytes that are kept for this request until its end. Throws http::Error (503)
    /// when all requests together keep too many.
    void keep(std::size_t bytes);
    /// Goes on to the client's next request.
    void next() {
        memory_.give_back();
        parser_.next_request();
        if (!parser_.idle()) keep_head();
        trace_ = trace::Request::next();
    }

    /// What to tell a client when a phase has taken too long. None: it has asked for
    /// nothing, or doesn't read what it is told.
    std::optional<http::Error> too_slow() const;

    /// How long the request is in its phase by now.
    Duration in_phase() const { return deadline_.elapsed(); }

    const http::RequestParser& parser() const { return parser_; }
    trace::Request trace() const { return trace_; }

  private:
    friend class HeadWait;
    friend class AnswerWait;
    void begin(Phase phase) {
        phase_ = phase;
        deadline_.begin(shared_.deadlines.*phase);
    }
    void keep_head();
    Task<void> send_continue();
    void begin_body();
    Task<void> flush(ThreadPool& disk, std::shared_ptr<Spool> spool);
    // #region receive
    void take(std::size_t received) {
        shared_.metrics.bytes_received.add(received);
        if (received == 0)
            parser_.end_of_input();
        else
            parser_.receive({shared_.buffer.data(), received});
    }
    // #endregion
    void buy_time(std::size_t bytes);

    AsyncSocket& client_;
    PhaseDeadline& deadline_;
    const Shared& shared_;
    MemoryBudget::Share memory_;
    http::RequestParser parser_;
    trace::Request trace_ = trace::Request::accepted();
    Phase phase_ = &Deadlines::idle;
};

// Two waits of a request that every request has. They are awaiters and not tasks, since a
// task needs a frame: an idle client waits in the first of them all day, and pays for it.

/// What `read_head` returns, to be awaited at once.
class HeadWait final : public DescriptorWait {
  public:
    HeadWait(Request& request, CancellationScope& idle, CancellationScope& patience,
             trace::Where where);
    bool await_ready() {
        return is_over() || (request_.client_.may_have_more() && attempt());
    }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> task) {
        return suspend(task, patience_);
    }
    [[nodiscard]] bool await_resume();

  private:
    bool is_over() const {
        return request_.parser_.state() != http::RequestParser::State::head;
    }
    bool attempt() override;

    Request& request_;
    CancellationScope& patience_;
    ScopeLink until_drained_;
    trace::Wait traced_;
};

/// What `answer` and `write` return, to be awaited at once. Has the bytes that are not sent
/// yet.
class AnswerWait final : public SendWait {
  public:
    /// Sends it as far as the kernel takes it, and keeps the rest.
    AnswerWait(Request& request, http::Response& response, http::Afterwards afterwards,
               trace::Where where);
    AnswerWait(Request& request, std::string bytes, trace::Where where)
        : AnswerWait(request, where) {
        kept_ = std::move(bytes);
        left_ = kept_;
        size_ = kept_.size();
    }
    bool await_ready() { return left_.empty() || SendWait::await_ready(); }
    [[nodiscard]] bool await_resume();

  private:
    AnswerWait(Request& request, trace::Where where)
        : SendWait(request.client_.loop(), request.client_.fd(), {}),
          request_(request),
          where_(where) {
        request_.trace_.enter(trace::State::writing, where_);
        request_.begin(&Deadlines::write);
    }

    Request& request_;
    std::size_t size_ = 0;
    trace::Where where_;
    std::string kept_;
};

inline HeadWait Request::read_head(CancellationScope& idle, CancellationScope& patience,
                                   Where where) {
    return {*this, idle, patience, where};
}
inline AnswerWait Request::answer(http::Response& response, http::Afterwards afterwards,
                                  Where where) {
    return {*this, response, afterwards, where};
}
inline AnswerWait Request::write(std::string bytes, Where where) {
    return {*this, std::move(bytes), where};
}

}  // namespace six::full
