#include "05_coroutines/request.hpp"

#include "common/http/response.hpp"

namespace six::coroutines {

using trace::State;
using trace::Wait;

// #region read-head
Task<bool> Request::read_head(Where where) {
    const Wait wait{trace_, State::waiting_for_head, where};
    while (parser_.state() == http::RequestParser::State::head) co_await receive_some();
    co_return parser_.state() != http::RequestParser::State::ended;
}
// #endregion

// #region read-body
Task<std::string> Request::body(Where where) {
    const Wait wait{trace_, State::waiting_for_body, where};
    if (parser_.wants_continue()) {
        const bool sent = co_await client_.send_all(http::continue_100);
        if (!sent) parser_.end_of_input();
    }
    parser_.begin_body();
    while (parser_.state() == http::RequestParser::State::body) co_await receive_some();
    if (parser_.state() == http::RequestParser::State::refused) throw parser_.error();
    co_return parser_.take_body();
}
// #endregion

// #region receive
Task<void> Request::receive_some() {
    const std::size_t received = co_await client_.receive(buffer_);  // the task sleeps here
    if (received == 0)
        parser_.end_of_input();
    else
        parser_.receive({buffer_.data(), received});
}
// #endregion

Task<bool> Request::write(std::string_view bytes, Where where) {
    trace_.enter(State::writing, where);
    const bool written = co_await client_.send_all(bytes);
    trace_.enter(State::done, where);
    co_return written;
}

void Request::next() {
    parser_.next_request();
    trace_ = trace::Request::next();
}

}  // namespace six::coroutines
