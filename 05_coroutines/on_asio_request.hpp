// What 05's request.cpp and items.cpp are, on Asio: a client's request, and the database,
// for a coroutine that waits for both. Read next: on_asio.cpp, the server.
#pragma once

#include <array>
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_set>
#include <utility>

#include "02_threads/thread_pool.hpp"
#include "common/http/request_parser.hpp"
#include "common/http/response.hpp"
#include "common/items/item_store.hpp"
#include "common/trace/trace.hpp"

namespace six::on_asio {

using asio::awaitable;
using asio::ip::tcp;
using Code = asio::error_code;
using ParserState = http::RequestParser::State;
using trace::Where;

/// Await with an error code in place of an exception: a client that leaves is nothing
/// exceptional.
inline auto into(Code& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

/// The requests of one connection. While it waits for a head it is in `idle`, where drain
/// finds it.
class Request {
  public:
    Request(tcp::socket& client, const http::Limits& limits,
            std::unordered_set<Request*>& idle)
        : client_(client), parser_(limits), idle_(idle) {}

    awaitable<bool> read_head(Where where = Where::current());
    awaitable<std::string> body(Where where = Where::current());
    awaitable<bool> write(std::string_view bytes, Where where = Where::current());
    void next() {
        parser_.next_request();
        trace_ = trace::Request::next();
    }
    void close() { client_.close(); }

    const http::RequestParser& parser() const { return parser_; }
    trace::Request trace() const { return trace_; }

  private:
    awaitable<void> receive_some();

    tcp::socket& client_;
    http::RequestParser parser_;
    std::unordered_set<Request*>& idle_;
    std::array<char, 4096> buffer_;
    trace::Request trace_ = trace::Request::accepted();
};

// #region read-head
inline awaitable<bool> Request::read_head(Where where) {
    const trace::Wait wait{trace_, trace::State::waiting_for_head, where};
    idle_.insert(this);
    while (parser_.state() == ParserState::head) co_await receive_some();
    idle_.erase(this);
    co_return parser_.state() != ParserState::ended;
}
// #endregion

// #region read-body
inline awaitable<std::string> Request::body(Where where) {
    const trace::Wait wait{trace_, trace::State::waiting_for_body, where};
    Code error;
    if (parser_.wants_continue())
        co_await asio::async_write(client_, asio::buffer(http::continue_100), into(error));
    if (error) parser_.end_of_input();
    parser_.begin_body();
    while (parser_.state() == ParserState::body) co_await receive_some();
    if (parser_.state() == ParserState::refused) throw parser_.error();
    co_return parser_.take_body();
}
// #endregion

// #region receive
inline awaitable<void> Request::receive_some() {
    Code error;
    const std::size_t received =
        co_await client_.async_read_some(asio::buffer(buffer_), into(error));
    if (error)
        parser_.end_of_input();
    else
        parser_.receive({buffer_.data(), received});
}
// #endregion

inline awaitable<bool> Request::write(std::string_view bytes, Where where) {
    trace_.enter(trace::State::writing, where);
    Code error;
    co_await asio::async_write(client_, asio::buffer(bytes), into(error));
    trace_.enter(trace::State::done, where);
    co_return !error;
}

struct Database {
    asio::io_context& loop;
    ItemStore& store;
    ThreadPool* pool;
};

// #region wait-for-database
/// Runs a function that blocks on the pool, and goes on with its result on the loop.
template <class Blocking>
awaitable<std::invoke_result_t<Blocking>> run_on(const Database& database,
                                                 Blocking blocking) {
    using Result = std::invoke_result_t<Blocking>;
    if (!database.pool) co_return blocking();
    std::optional<Result> result;
    std::optional<http::Error> failed;
    asio::steady_timer finished{database.loop, asio::steady_timer::time_point::max()};
    const bool taken = database.pool->try_submit([&] {
        try {
            result = blocking();
        } catch (const http::Error& error) {
            failed = error;
        }
        asio::post(database.loop, [&] { finished.cancel(); });
    });
    if (!taken) throw http::Error(503, "the database is too far behind");
    Code cancelled;
    co_await finished.async_wait(into(cancelled));
    if (failed) throw *failed;
    co_return std::move(*result);
}

class Items {
  public:
    Items(const Database& database, trace::Request request)
        : database_(database), request_(request) {}

    awaitable<std::int64_t> save(std::string body, Where where = Where::current()) {
        const trace::Wait wait{request_, trace::State::waiting_for_database, where};
        auto blocking = [this, &body] { return database_.store.save(body); };
        co_return co_await run_on(database_, blocking);
    }
    awaitable<std::optional<std::string>> find(std::int64_t pk,
                                               Where where = Where::current()) {
        const trace::Wait wait{request_, trace::State::waiting_for_database, where};
        auto blocking = [this, pk] { return database_.store.find(pk); };
        co_return co_await run_on(database_, blocking);
    }

  private:
    const Database& database_;
    trace::Request request_;
};
// #endregion

}  // namespace six::on_asio
