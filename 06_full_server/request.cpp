#include "06_full_server/request.hpp"

#include <algorithm>
#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

using ParserState = http::RequestParser::State;
using trace::State;
using trace::Wait;

namespace {

constexpr const char* too_many_bytes = "too many bytes are on their way";

}  // namespace

HeadWait::HeadWait(Request& request, CancellationScope& idle, CancellationScope& patience,
                   trace::Where where)
    : DescriptorWait(request.client_.loop(), request.client_.fd(), Direction::read),
      request_(request),
      patience_(patience),
      until_drained_(idle, patience),
      traced_(request.trace_, State::waiting_for_head, where) {
    request_.begin(request_.parser_.idle() ? &Deadlines::idle : &Deadlines::head);
}

// #region read-head
/// The loop calls it when something has come. False: there must be more, go on waiting.
bool HeadWait::attempt() {
    do {
        const IoResult read = request_.client_.try_receive(request_.shared_.buffer);
        if (read.status == IoResult::Status::would_block) return false;
        request_.take(read.bytes);
        if (is_over()) return true;
        if (request_.phase_ == &Deadlines::idle) request_.begin(&Deadlines::head);
        request_.keep_head();
    } while (request_.client_.may_have_more());
    return is_over();  // if there is no room for it
}

bool HeadWait::await_resume() {
    throw_if_cancelled();
    return request_.parser_.state() != ParserState::ended;
}
// #endregion

// #region read-body
Task<std::string> Request::body(Where where) {
    const Wait wait{trace_, State::waiting_for_body, where};
    begin(&Deadlines::body);
    if (parser_.wants_continue()) co_await send_continue();
    begin_body();
    while (parser_.state() == ParserState::body) {
        const std::size_t received = co_await client_.receive(shared_.buffer);
        keep(received);
        buy_time(received);
        take(received);
    }
    begin(&Deadlines::handler);
    if (parser_.state() == ParserState::refused) throw parser_.error();
    co_return parser_.take_body();
}

void Request::begin_body() {
    buy_time(parser_.leftover_bytes());
    parser_.begin_body();
}

Task<void> Request::send_continue() {
    const bool sent = co_await client_.send_all(http::continue_100);
    if (!sent) parser_.end_of_input();
}
// #endregion

// #region upload
Task<std::shared_ptr<Spool>> Request::upload(ThreadPool& disk, const SpoolPlace& place,
                                             Where where) {
    const Wait wait{trace_, State::waiting_for_body, where};
    const auto spool = std::make_shared<Spool>(place);
    keep(Spool::piece_bytes);
    begin(&Deadlines::body);
    if (parser_.wants_continue()) co_await send_continue();
    begin_body();
    while (parser_.state() == ParserState::body) {
        const std::size_t received = co_await client_.receive(shared_.buffer);
        buy_time(received);
        take(received);
        spool->append(parser_.take_body());
        if (spool->wants_flush()) co_await flush(disk, spool);
    }
    begin(&Deadlines::handler);
    if (parser_.state() == ParserState::refused) throw parser_.error();
    spool->append(parser_.take_body());
    co_return spool;
}

// Shared with the disk's thread, which may still write when nobody waits any more.
Task<void> Request::flush(ThreadPool& disk, std::shared_ptr<Spool> spool) {
    const Duration left = deadline_.left();
    begin(&Deadlines::handler);
    auto write = [spool] {
        spool->flush();
        return true;
    };
    co_await run_elsewhere(disk, client_.loop(), std::move(write));
    begin(&Deadlines::body);
    deadline_.begin(std::max<Duration>(left, shared_.deadlines.shortest()));
}
// #endregion

// #region answer
AnswerWait::AnswerWait(Request& request, http::Response& response,
                       http::Afterwards afterwards, trace::Where where)
    : AnswerWait(request, where) {
    const auto now = std::chrono::system_clock::now();
    const http::AnswerBytes bytes{response, request.parser_.head(), afterwards, now};
    left_ = bytes.view();
    size_ = left_.size();
    await_ready();              // sends what the kernel takes at once:
    if (left_.empty()) return;  // nearly always all of them
    kept_ = std::string(left_);
    left_ = kept_;
    std::string().swap(response.body);  // one copy is enough while the client is slow
}
// #endregion

bool AnswerWait::await_resume() {
    const bool sent = SendWait::await_resume();
    request_.trace_.enter(State::done, where_);
    if (sent) request_.shared_.metrics.bytes_sent.add(size_);
    return sent;
}

void Request::keep(std::size_t bytes) {
    if (!memory_.try_take(bytes)) throw http::Error(503, too_many_bytes);
}

void Request::begin_handler() {
    begin(&Deadlines::handler);
    const std::size_t came_with_head = parser_.leftover_bytes();
    if (!memory_.try_have(came_with_head)) throw http::Error(503, too_many_bytes);
}

/// Counts what has come of a head that is not complete, or of requests that are sent ahead.
/// Most heads are short: that is free. Refuses the request if there is no room.
void Request::keep_head() {
    constexpr std::size_t free_bytes = 1024;
    const std::size_t held = parser_.held_bytes();
    if (held <= free_bytes || parser_.state() == ParserState::refused) return;
    if (!memory_.try_have(held - free_bytes)) parser_.refuse(503, too_many_bytes);
}

// #region phases
void Request::buy_time(std::size_t bytes) {
    deadline_.extend(Duration(std::chrono::seconds(bytes)) / shared_.deadlines.body_rate,
                     shared_.deadlines.body);
}

std::optional<http::Error> Request::too_slow() const {
    if (phase_ == &Deadlines::head && !parser_.idle())
        return http::Error(408, "the head of the request took too long");
    if (phase_ == &Deadlines::body)
        return http::Error(408, "the body of the request took too long");
    if (phase_ == &Deadlines::handler)
        return http::Error(503, "the database took too long");
    return {};
}
// #endregion

std::chrono::milliseconds Deadlines::shortest() const {
    return std::min({idle, head, body, handler, write});
}

}  // namespace six::full
