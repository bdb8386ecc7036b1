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
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "01_blocking/socket.hpp"
#include "02_threads/save_on.hpp"
#include "05_coroutines/on_asio_request.hpp"
#include "common/http/response.hpp"
#include "common/items/routes.hpp"
#include "common/options.hpp"
#include "common/trace/trace.hpp"

namespace six::on_asio {

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
        six::ServerCommandLine line{"05_on_asio", "One thread, coroutines on Asio."};
        six::SaveOn save_on;
        save_on.declare(line);
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "05_on_asio"};
        return six::on_asio::run(options, save_on);
    });
}
