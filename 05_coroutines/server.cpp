// Chapter 05: chapter 04's loop, chapter 01's code. Where a thread waited, a task is
// suspended, and the thread serves somebody else. Read first: request.cpp. Read next:
// 06_full_server/README.md.
#include <array>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "01_blocking/socket.hpp"
#include "01_blocking/stop_signal.hpp"
#include "02_threads/save_on.hpp"
#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/fair_share.hpp"
#include "05_coroutines/items.hpp"
#include "05_coroutines/request.hpp"
#include "05_coroutines/sync_wait.hpp"
#include "05_coroutines/task_group.hpp"
#include "05_coroutines/with_timeout.hpp"
#include "common/http/response.hpp"
#include "common/items/routes.hpp"
#include "common/options.hpp"
#include "common/report.hpp"

namespace six::coroutines {

// #region save-item
Task<http::Response> save_item(Request& request, Items& items) {
    std::string body = co_await request.body();                    // waits for the client
    const std::int64_t pk = co_await items.save(std::move(body));  // waits for the database
    co_return items::saved(pk);
}
// #endregion

/// What all connections share.
struct Shared {
    const Database& database;
    const http::Limits& limits;
    std::span<char> buffer;
    FairShare share{database.loop};
    CancellationScope idle =
        {};  ///< in which connections wait for a request; cancelled to drain
};

// #region route
Task<http::Response> answer(Request& request, Shared& shared) {
    try {
        if (request.parser().state() == http::RequestParser::State::refused)
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
Task<http::Afterwards> respond(Request& request, const http::Response& response,
                               bool keep_alive) {
    const auto afterwards = http::afterwards(request.parser(), keep_alive);
    const auto now = std::chrono::system_clock::now();
    const std::string bytes = serialize(response, request.parser().head(), afterwards, now);
    const bool sent = co_await request.write(bytes);
    co_return sent ? afterwards : http::Afterwards::close;
}
// #endregion

Task<void> discard(AsyncSocket& client, std::span<char> buffer) {
    for (std::size_t discarded = 0; discarded < http::linger_bytes;) {
        const std::size_t received = co_await client.receive(buffer);
        if (received == 0) co_return;
        discarded += received;
    }
}

Task<void> linger(AsyncSocket& client, std::span<char> buffer) {
    client.shut_down_sending();
    try {
        co_await with_timeout(client.loop(), http::linger_time, discard(client, buffer));
    } catch (const TimedOut&) {
        // Whatever still comes, we have waited long enough.
    }
}

// #region serve
/// A connection, from its first request to its last. It owns its socket: when the task
/// ends, in whatever way, the connection is closed.
Task<void> serve(AsyncSocket client, Shared& shared) {
    Request request{client, shared.buffer, shared.limits};
    auto afterwards = http::Afterwards::next_request;
    try {
        while (co_await request.read_head().in(shared.idle)) {
            if (shared.share.used_up(&request))  // the others have a turn, too
                co_await sleep_for(client.loop(), Duration::zero());
            const http::Response response = co_await answer(request, shared);
            afterwards = co_await respond(request, response, !shared.idle.cancelled());
            if (afterwards != http::Afterwards::next_request) break;
            request.next();
        }
        if (afterwards == http::Afterwards::linger) co_await linger(client, shared.buffer);
    } catch (const std::exception& fault) {
        report_fault(fault);  // ends this connection, not the group
    }
}
// #endregion

// #region accept
Task<void> accept_clients(AsyncListener listener, TaskGroup& connections, Shared& shared) {
    auto clients = listener.clients();
    while (AsyncSocket* client = co_await clients.next())
        connections.spawn(serve(std::move(*client), shared));
}
// #endregion

// #region drain
Task<void> cancel_when_told(EventLoop& loop, const StopSignal& stop, TaskGroup& tasks) {
    co_await readable(loop, stop.fd());
    tasks.cancel();
}

Task<void> accept_until(const StopSignal& stop, AsyncListener listener,
                        TaskGroup& connections, Shared& shared) {
    TaskGroup tasks;
    tasks.spawn(accept_clients(std::move(listener), connections, shared));
    tasks.spawn(cancel_when_told(shared.database.loop, stop, tasks));
    co_await tasks.join();
}

Task<void> run_server(const StopSignal& stop, AsyncListener listener, Shared& shared,
                      std::chrono::milliseconds drain_timeout) {
    TaskGroup connections;  // none of them outlives this function
    co_await accept_until(stop, std::move(listener), connections, shared);
    shared.idle.cancel();
    shared.database.loop.call_after(drain_timeout, [] {
        trace::stop();
        std::_Exit(0);  // cuts the rest: a thread that waits for the database can't be told
                        // to stop
    });
    co_await connections.join();
}
// #endregion

int run(const ServerOptions& options, const std::string& poller, const SaveOn& save_on) {
    prepare_process();
    const StopSignal stop;
    ItemStore store{options.store};
    EventLoop loop{make_poller(poller)};
    UniqueFd listener = listen_on(options.address, options.port);
    const std::uint16_t port = local_port(listener.get());

    const std::unique_ptr<ThreadPool> pool = save_on.make_pool();
    const Database database{loop, store, pool.get()};
    std::array<char, 16 * 1024> buffer;
    Shared shared{database, options.limits, buffer};
    loop.watch(stop.fd());
    announce(options.address, port);
    sync_wait(loop, run_server(stop, AsyncListener{loop, std::move(listener)}, shared,
                               options.drain_timeout));
    loop.forget(stop.fd());
    return 0;
}

}  // namespace six::coroutines

int main(int argc, char** argv) {
    return six::run_main("05_coroutines", [&] {
        six::ServerCommandLine line{"05_coroutines",
                                    "One thread, coroutines on the event loop."};
        std::string poller = six::poller_names().front();
        six::SaveOn save_on;
        line.choice("--poller", poller, six::poller_names(),
                    "how the loop asks the kernel");
        save_on.declare(line);
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "05_coroutines"};
        return six::coroutines::run(options, poller, save_on);
    });
}
