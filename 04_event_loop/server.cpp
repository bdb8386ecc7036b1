// Chapter 04: one thread and no library. Our own loop asks the kernel who is ready;
// connections and handlers are state machines, which it resumes. Read first:
// connection.cpp, items.cpp. Read next: 05_coroutines/README.md.
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "01_blocking/socket.hpp"
#include "01_blocking/stop_signal.hpp"
#include "02_threads/save_on.hpp"
#include "04_event_loop/connection.hpp"
#include "04_event_loop/items.hpp"
#include "04_event_loop/nonblocking.hpp"
#include "common/items/routes.hpp"
#include "common/options.hpp"

namespace six::event_loop {

// #region save-item
/// A handler that can stop and go on. What a waiting thread would remember on its stack
/// stands here as members: where it is (`step_`), and what it has so far (`pk_`).
class SaveItem : public Handler {
  public:
    SaveItem(Connection& client, Items items) : client_(client), items_(std::move(items)) {}

    std::optional<http::Response> resume() override {
        switch (step_) {
            case Step::get_body: {
                auto body = client_.body();  // waits for the client
                if (!body) return {};
                if (body->failed) return http::to_response(*body->failed);
                items_.save(std::move(body->value), pk_);  // waits for the database
                step_ = Step::save;
                return {};
            }
            case Step::save: {
                if (!pk_) return {};
                if (pk_->failed) return http::to_response(*pk_->failed);
                return items::saved(pk_->value);
            }
        }
        return {};
    }

  private:
    enum class Step { get_body, save };
    Step step_ = Step::get_body;
    Connection& client_;
    Items items_;
    Items::Saved pk_;
};
// #endregion

class FindItem : public Handler {
  public:
    FindItem(std::int64_t pk, Items items) : items_(std::move(items)) {
        items_.find(pk, item_);
    }

    std::optional<http::Response> resume() override {
        if (!item_) return {};
        if (item_->failed) return http::to_response(*item_->failed);
        return items::found(item_->value);
    }

  private:
    Items items_;
    Items::Found item_;
};

/// For answers that wait for nothing.
class Ready : public Handler {
  public:
    explicit Ready(http::Response response) : response_(std::move(response)) {}
    std::optional<http::Response> resume() override { return response_; }

  private:
    http::Response response_;
};

// #region route
std::unique_ptr<Handler> start_handler(Connection& client, const Database& database,
                                       const http::Limits& limits) {
    if (client.parser().state() == http::RequestParser::State::refused)
        return std::make_unique<Ready>(http::to_response(client.parser().error()));
    Items items{database, client.trace(), [&client] { client.resume(); }};
    items::Route route = items::route(client.parser().head(), limits);
    switch (route.action) {
        case items::Route::Action::save_item:
            return std::make_unique<SaveItem>(client, std::move(items));
        case items::Route::Action::find_item:
            return std::make_unique<FindItem>(route.pk, std::move(items));
        case items::Route::Action::answer: break;
    }
    return std::make_unique<Ready>(std::move(route.answer));
}
// #endregion

/// The server: accepts clients until a signal comes, then drains. Loop's thread only.
class Server {
  public:
    Server(EventLoop& loop, UniqueFd listener, const Database& database,
           const ServerOptions& options, const StopSignal& stop);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

  private:
    void accept();
    void serve(UniqueFd socket);
    void drain();
    void destroy_later(Connection& connection);

    EventLoop& loop_;
    UniqueFd listener_;
    const StopSignal& stop_;
    std::chrono::milliseconds drain_timeout_;
    TimerId accept_timer_;
    Service service_;
    std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
};

Server::Server(EventLoop& loop, UniqueFd listener, const Database& database,
               const ServerOptions& options, const StopSignal& stop)
    : loop_(loop),
      listener_(std::move(listener)),
      stop_(stop),
      drain_timeout_(options.drain_timeout),
      service_{loop, options.limits,
               [&](Connection& client) {
                   return start_handler(client, database, options.limits);
               },
               [this](Connection& client) { destroy_later(client); }} {
    loop_.watch(listener_.get());
    loop_.watch(stop_.fd());
    loop_.when_readable(stop_.fd(), [this] { drain(); });
    accept();
}

Server::~Server() {
    loop_.forget(stop_.fd());
}

// #region accept
void Server::accept() {
    if (UniqueFd socket = accept_client(listener_.get(), Mode::non_blocking)) {
        serve(std::move(socket));
        accept_timer_ =
            loop_.call_after({}, [this] { accept(); });  // the others come first
    } else if (accept_needs_pause()) {  // out of descriptors, perhaps: not again at once
        accept_timer_ = loop_.call_after(accept_pause, [this] { accept(); });
    } else {
        loop_.when_readable(listener_.get(), [this] { accept(); });
    }
}
// #endregion

void Server::serve(UniqueFd socket) {
    std::unique_ptr<Connection> connection;
    try {
        connection = std::make_unique<Connection>(std::move(socket), service_);
    } catch (const std::system_error&) {
        return;  // the loop can't watch one more: this client is let go
    }
    Connection& client = *connection;
    connections_.emplace(&client, std::move(connection));
    client.resume();
}

void Server::destroy_later(Connection& connection) {
    // Not now: we are called by the connection itself, and it is still in its `resume`.
    loop_.post([this, &connection] {
        connections_.erase(&connection);
        if (service_.draining && connections_.empty()) loop_.stop();
    });
}

// #region drain
void Server::drain() {
    loop_.cancel(accept_timer_);
    loop_.forget(listener_.get());
    listener_.close();
    service_.draining = true;
    if (connections_.empty()) return loop_.stop();
    for (const auto& [connection, owner] : connections_) connection->close_if_idle();
    loop_.call_after(drain_timeout_, [] {
        trace::stop();
        std::_Exit(0);  // cuts the rest: a thread that waits for the database can't be told
                        // to stop
    });
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
    const Server server{loop, std::move(listener), database, options, stop};
    announce(options.address, port);
    loop.run();  // everything happens in here
    return 0;
}

}  // namespace six::event_loop

int main(int argc, char** argv) {
    return six::run_main("04_event_loop", [&] {
        six::ServerCommandLine line{"04_event_loop",
                                    "One thread, an event loop written by hand."};
        std::string poller = six::poller_names().front();
        six::SaveOn save_on;
        line.choice("--poller", poller, six::poller_names(),
                    "how the loop asks the kernel");
        save_on.declare(line);
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "04_event_loop"};
        return six::event_loop::run(options, poller, save_on);
    });
}
