// The server of this chapter on a production library: Asio's loop, sockets and `awaitable`
// in place of ours. Hold it beside server.cpp and request.cpp (what is the same?), and
// beside 03_callbacks/ (the same library with callbacks: what has gone?).
#include <array>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "01_blocking/socket.hpp"
#include "02_threads/save_on.hpp"
#include "common/http/response.hpp"
#include "common/items/routes.hpp"
#include "common/options.hpp"
#include "common/trace/trace.hpp"

namespace six::on_asio {

using asio::awaitable;
using asio::ip::tcp;
using Code = asio::error_code;
using ParserState = http::RequestParser::State;
using trace::Where;

/// Await with an error code in place of an exception: a client that leaves is nothing
/// exceptional.
auto into(Code& error) {
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
awaitable<bool> Request::read_head(Where where) {
    const trace::Wait wait{trace_, trace::State::waiting_for_head, where};
    idle_.insert(this);
    while (parser_.state() == ParserState::head) co_await receive_some();
    idle_.erase(this);
    co_return parser_.state() != ParserState::ended;
}
// #endregion

// #region read-body
awaitable<std::string> Request::body(Where where) {
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
awaitable<void> Request::receive_some() {
    Code error;
    const std::size_t received =
        co_await client_.async_read_some(asio::buffer(buffer_), into(error));
    if (error)
        parser_.end_of_input();
    else
        parser_.receive({buffer_.data(), received});
}
// #endregion

awaitable<bool> Request::write(std::string_view bytes, Where where) {
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

// #region save-item
awaitable<http::Response> save_item(Request& request, Items& items) {
    std::string body = co_await request.body();                    // waits for the client
    const std::int64_t pk = co_await items.save(std::move(body));  // waits for the database
    co_return items::saved(pk);
}
// #endregion

/// The server's state that connections share. Loop's thread only.
struct Shared {
    const Database& database;
    const http::Limits& limits;
    std::unordered_set<Request*> idle = {};
    std::size_t connections = 0;
    bool draining = false;
};

// #region route
awaitable<http::Response> answer(Request& request, const Shared& shared) {
    try {
        if (request.parser().state() == ParserState::refused)
            throw request.parser().error();
        Items items{shared.database, request.trace()};
        const items::Route route = items::route(request.parser().head(), shared.limits);
        switch (route.action) {
            case items::Route::Action::save_item:
                co_return co_await save_item(request, items);
            case items::Route::Action::find_item:
                co_return items::found(co_await items.find(route.pk));
            case items::Route::Action::answer: break;
        }
        co_return route.answer;
    } catch (const http::Error& error) {
        co_return http::to_response(error);
    }
}
// #endregion

// #region respond
awaitable<http::Afterwards> respond(Request& request, const http::Response& response,
                                    bool keep_alive) {
    const auto afterwards = http::afterwards(request.parser(), keep_alive);
    const auto now = std::chrono::system_clock::now();
    const std::string bytes = serialize(response, request.parser().head(), afterwards, now);
    const bool sent = co_await request.write(bytes);
    co_return sent ? afterwards : http::Afterwards::close;
}
// #endregion

awaitable<void> discard(tcp::socket& client) {
    std::array<char, 4096> buffer;
    Code error;
    for (std::size_t discarded = 0; !error && discarded < http::linger_bytes;)
        discarded += co_await client.async_read_some(asio::buffer(buffer), into(error));
}

awaitable<void> linger(tcp::socket& client) {
    using asio::experimental::awaitable_operators::operator||;
    Code ignored;
    client.shutdown(tcp::socket::shutdown_send, ignored);
    asio::steady_timer deadline{client.get_executor(), http::linger_time};
    co_await (discard(client) || deadline.async_wait(asio::use_awaitable));
}

// #region serve
awaitable<void> serve(tcp::socket client, Shared& shared) {
    Request request{client, shared.limits, shared.idle};
    auto afterwards = http::Afterwards::next_request;
    while (co_await request.read_head()) {
        const http::Response response = co_await answer(request, shared);
        afterwards = co_await respond(request, response, !shared.draining);
        if (afterwards != http::Afterwards::next_request || shared.draining) break;
        request.next();
    }
    if (afterwards == http::Afterwards::linger) co_await linger(client);
}
// #endregion

// #region accept
awaitable<void> accept_clients(tcp::acceptor& acceptor, Shared& shared) {
    const auto on_end = [&](std::exception_ptr) {
        if (--shared.connections == 0 && shared.draining) shared.database.loop.stop();
    };
    while (acceptor.is_open()) {
        Code error;
        tcp::socket client = co_await acceptor.async_accept(into(error));
        if (!error) {
            ++shared.connections;
            asio::co_spawn(acceptor.get_executor(), serve(std::move(client), shared),
                           on_end);
        } else if (acceptor.is_open()) {  // out of descriptors, perhaps: not again at once
            asio::steady_timer pause{acceptor.get_executor(), accept_pause};
            co_await pause.async_wait(asio::use_awaitable);
        }
    }
}
// #endregion

// #region drain
awaitable<void> drain_on_signal(asio::signal_set& signals, tcp::acceptor& acceptor,
                                Shared& shared, std::chrono::milliseconds drain_timeout) {
    co_await signals.async_wait(asio::use_awaitable);
    signals.clear();  // the next signal finds the default action, which ends the process
    acceptor.close();
    shared.draining = true;
    if (shared.connections == 0) shared.database.loop.stop();
    for (Request* request : shared.idle) request->close();
    asio::steady_timer timer{acceptor.get_executor(), drain_timeout};
    co_await timer.async_wait(asio::use_awaitable);
    trace::stop();
    std::_Exit(
        0);  // cuts the rest: a thread that waits for the database can't be told to stop
}
// #endregion

int run(const ServerOptions& options, const SaveOn& save_on) {
    prepare_process();
    ItemStore store{options.store};
    asio::io_context loop{1};
    asio::signal_set signals{loop, SIGINT, SIGTERM};
    UniqueFd listener = listen_on(options.address, options.port);
    const std::uint16_t port = local_port(listener.get());
    const bool v6 = asio::ip::make_address(options.address).is_v6();
    tcp::acceptor acceptor{loop, v6 ? tcp::v6() : tcp::v4(), listener.release()};

    const std::unique_ptr<ThreadPool> pool = save_on.make_pool();
    const Database database{loop, store, pool.get()};
    Shared shared{database, options.limits};
    asio::co_spawn(loop, accept_clients(acceptor, shared), asio::detached);
    asio::co_spawn(loop, drain_on_signal(signals, acceptor, shared, options.drain_timeout),
                   asio::detached);
    announce(options.address, port);
    loop.run();
    return 0;
}

}  // namespace six::on_asio

int main(int argc, char** argv) {
    return six::run_main("05_on_asio", [&] {
        six::CommandLine line{"05_on_asio", "One thread, coroutines on Asio."};
        six::SaveOn save_on;
        save_on.declare(line);
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "05_on_asio"};
        return six::on_asio::run(options, save_on);
    });
}
