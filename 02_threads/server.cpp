// Chapter 02: everybody gets a thread. The handler and all of its waiting are those of
// chapter 01; what is new is who waits: a thread for each connection, or one of a fixed
// number. Read first: thread_pool.hpp, connections.hpp. Read next: 03_callbacks/server.cpp.
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include "01_blocking/request.hpp"
#include "01_blocking/socket.hpp"
#include "01_blocking/stop_signal.hpp"
#include "02_threads/connections.hpp"
#include "02_threads/thread_pool.hpp"
#include "common/http/response.hpp"
#include "common/items/routes.hpp"
#include "common/options.hpp"

namespace six::threads {

using blocking::Items;
using blocking::Request;

// #region save-item
http::Response save_item(Request& request, Items& items) {
    const std::string body = request.body();   // waits for the client
    const std::int64_t pk = items.save(body);  // waits for the database
    return items::saved(pk);
}
// #endregion

/// What all threads share.
struct Shared {
    ItemStore& store;
    const http::Limits& limits;
    Connections& connections;
};

// #region route
http::Response answer(Request& request, const Shared& shared) {
    try {
        if (request.refused()) throw request.parser().error();
        Items items{shared.store, request.trace()};
        const items::Route route = items::route(request.parser().head(), shared.limits);
        switch (route.action) {
            case items::Route::Action::save_item: return save_item(request, items);
            case items::Route::Action::find_item: return items::found(items.find(route.pk));
            case items::Route::Action::answer: break;
        }
        return route.answer;
    } catch (const http::Error& error) {
        return http::to_response(error);
    }
}
// #endregion

// #region respond
http::Afterwards respond(Request& request, const http::Response& response,
                         bool keep_alive) {
    const auto afterwards = http::afterwards(request.parser(), keep_alive);
    const auto now = std::chrono::system_clock::now();
    const bool sent =
        request.write(serialize(response, request.parser().head(), afterwards, now));
    return sent ? afterwards : http::Afterwards::close;
}
// #endregion

/// A client, from accept to close. The entry goes first, the socket after it.
struct Client {
    Client(UniqueFd accepted, Connections& all)
        : socket(std::move(accepted)), entry(all, socket.get()) {}
    UniqueFd socket;
    Connections::Entry entry;
};

// #region serve
/// One thread's work: a connection, from its first request to its last.
void serve(Client& client, const Shared& shared) {
    Request request{client.socket.get(), shared.limits};
    auto afterwards = http::Afterwards::next_request;
    while (request.read_head()) {
        if (request.refused() && shared.connections.draining())
            break;  // we have cut it off
        client.entry.in_flight();
        const http::Response response = answer(request, shared);
        afterwards = respond(request, response, !shared.connections.draining());
        if (afterwards != http::Afterwards::next_request) break;
        request.next();
        client.entry.idle();
    }
    if (afterwards == http::Afterwards::linger)
        linger(client.socket.get(), http::linger_time, http::linger_bytes);
}
// #endregion

/// Nobody has time for this client: tells it so, and throws away what it has sent by now.
/// What it sends later meets a closed socket, and the reset that follows may cost it the
/// answer. To wait for that is `linger`'s second, which the one thread that accepts doesn't
/// have: all others would stand in line.
void refuse(const Client& client) {
    const http::Response busy = http::to_response(http::Error(503, "too many clients"));
    const std::string bytes = serialize(busy, http::RequestHead{}, http::Afterwards::linger,
                                        std::chrono::system_clock::now());
    if (send_all(client.socket.get(), bytes))
        linger(client.socket.get(), std::chrono::milliseconds(0), http::linger_bytes);
}

/// Hands a job to a thread. False: there is none to be had.
using Start = std::function<bool(ThreadPool::Job)>;

// #region thread-per-connection
bool start_thread(ThreadPool::Job job, const StopSignal& stop) {
    try {
        std::thread(std::move(job)).detach();
        return true;
    } catch (const std::system_error&) {
        stop.pause(accept_pause);  // the system has no more: not again at once
        return false;
    }
}
// #endregion

// #region accept
void accept_clients(int listener, const StopSignal& stop, const Shared& shared,
                    const Start& start) {
    while (stop.wait_for_client(listener)) {
        UniqueFd accepted = accept_client(listener, Mode::blocking);
        if (!accepted) {
            stop.pause(accept_pause);
            continue;
        }
        // Shared, because a std::function must be copyable.
        auto client = std::make_shared<Client>(std::move(accepted), shared.connections);
        if (!start([client, shared] { serve(*client, shared); })) refuse(*client);
    }
}
// #endregion

struct ThreadOptions {
    std::string model = "thread-per-connection";
    int threads = 64;
    int queue = 10'000;
};

int run(const ServerOptions& options, const ThreadOptions& thread_options) {
    prepare_process();
    const StopSignal stop;
    ItemStore store{options.store};
    Connections connections;
    const Shared shared{store, options.limits, connections};
    UniqueFd listener = listen_on(options.address, options.port);
    // #region pool
    std::optional<ThreadPool> pool;
    Start start = [&stop](ThreadPool::Job job) {
        return start_thread(std::move(job), stop);
    };
    if (thread_options.model == "pool") {
        pool.emplace(std::size_t(thread_options.threads),
                     std::size_t(thread_options.queue));
        start = [&pool](ThreadPool::Job job) { return pool->try_submit(std::move(job)); };
    }
    // #endregion
    announce(options.address, local_port(listener.get()));
    accept_clients(listener.get(), stop, shared, start);

    // #region drain
    listener.close();
    connections.drain();
    if (!connections.wait_until_empty(options.drain_timeout)) {
        trace::stop();
        std::_Exit(0);  // cuts the rest: a thread that waits can't be told to stop
    }
    // #endregion
    return 0;
}

}  // namespace six::threads

int main(int argc, char** argv) {
    return six::run_main("02_threads", [&] {
        six::ServerCommandLine line{"02_threads",
                                    "A thread for each client, or a pool of threads."};
        six::threads::ThreadOptions threads;
        line.choice("--model", threads.model, {"thread-per-connection", "pool"},
                    "who waits for the clients");
        line.number("--threads", threads.threads, 1, 10'000, "threads in the pool");
        line.number(
            "--queue", threads.queue, 1, 1'000'000,
            "clients that may wait for a thread of the pool; more are refused (503)");
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "02_threads"};
        return six::threads::run(options, threads);
    });
}
