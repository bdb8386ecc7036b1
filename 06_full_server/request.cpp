#include "06_full_server/request.hpp"

#include "05_coroutines/with_timeout.hpp"

namespace six::full {

// #region read-head
Task<bool> Request::read_head(Where where) {
    try {
        if (parser().idle())
            co_await with_timeout(client_.loop(), deadlines_.idle, request_.receive_some());
        co_return co_await with_timeout(client_.loop(), deadlines_.head,
                                        request_.read_head(where));
    } catch (const TimedOut&) {
        if (parser().idle()) co_return false;
        throw http::Error(408, "the head of the request took too long");
    }
}

// #endregion

// #region read-body
Task<std::string> Request::body(Where where) {
    try {
        co_return co_await with_timeout(client_.loop(), deadlines_.body,
                                        request_.body(where));
    } catch (const TimedOut&) {
        throw http::Error(408, "the body of the request took too long");
    }
}
// #endregion

Task<bool> Request::write(std::string_view bytes, Where where) {
    try {
        co_return co_await with_timeout(client_.loop(), deadlines_.write,
                                        request_.write(bytes, where));
    } catch (const TimedOut&) {
        co_return false;
    }
}

}  // namespace six::full
