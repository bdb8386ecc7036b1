#include "01_blocking/request.hpp"

#include <array>

#include "01_blocking/socket.hpp"
#include "common/http/response.hpp"

namespace six::blocking {

using trace::State;
using trace::Wait;

// #region read-head
bool Request::read_head(Where where) {
    const Wait wait{trace_, State::waiting_for_head, where};
    while (parser_.state() == http::RequestParser::State::head) receive_some();
    return parser_.state() != http::RequestParser::State::ended;
}
// #endregion

// #region read-body
std::string Request::body(Where where) {
    const Wait wait{trace_, State::waiting_for_body, where};
    if (parser_.wants_continue() && !send_all(client_, http::continue_100))
        parser_.end_of_input();
    parser_.begin_body();
    while (parser_.state() == http::RequestParser::State::body) receive_some();
    if (refused()) throw parser_.error();
    return parser_.take_body();
}
// #endregion

// #region receive
void Request::receive_some() {
    std::array<char, 16 * 1024> buffer;
    const std::size_t received = receive(client_, buffer);  // the thread sleeps here
    if (received == 0)
        parser_.end_of_input();
    else
        parser_.receive({buffer.data(), received});
}
// #endregion

bool Request::write(std::string_view bytes, Where where) {
    trace_.enter(State::writing, where);
    const bool written = send_all(client_, bytes);
    trace_.enter(State::done, where);
    return written;
}

void Request::next() {
    parser_.next_request();
    trace_ = trace::Request::next();
}

// #region wait-for-database
std::int64_t Items::save(std::string_view body, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    return store_.save(body);
}

std::optional<std::string> Items::find(std::int64_t pk, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    return store_.find(pk);
}
// #endregion

}  // namespace six::blocking
