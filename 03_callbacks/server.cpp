// Chapter 03: one thread, and nobody waits. Whoever would have to wait says what is to be
// done afterwards, in a callback; what comes after that, in a callback inside it. Read
// first: connection.hpp, items.hpp. Read next: 04_event_loop/README.md.
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdlib>
#include <memory>
#include <optional>

#include "01_blocking/socket.hpp"
#include "02_threads/save_on.hpp"
#include "03_callbacks/connection.hpp"
#include "03_callbacks/connections.hpp"
#include "03_callbacks/items.hpp"
#include "common/items/routes.hpp"
#include "common/options.hpp"

namespace six::callbacks {

using Client = std::shared_ptr<Connection>;
using Respond = std::function<void(const http::Response&)>;
using Code = asio::error_code;

// #region save-item
void save_item(const Client& client, const Items& items, const Respond& respond) {
    // waits for the client
    client->body([=](std::optional<http::Error> refused, std::string body) {
        if (refused) return respond(http::to_response(*refused));
        // waits for the database
        items.save(std::move(body),
                   [=](std::optional<http::Error> failed, std::int64_t pk) {
                       if (failed) return respond(http::to_response(*failed));
                       respond(items::saved(pk));
                   });
    });
}
// #endregion

void find_item(std::int64_t pk, const Items& items, const Respond& respond) {
    items.find(pk, [=](std::optional<http::Error> failed, std::optional<std::string> item) {
        if (failed) return respond(http::to_response(*failed));
        respond(items::found(std::move(item)));
    });
}

// #region route
void answer(const Client& client, const Database& database, const http::Limits& limits,
            const Respond& respond) {
    if (client->parser().state() == http::RequestParser::State::refused)
        return respond(http::to_response(client->parser().error()));
    const Items items{database, client->trace()};
    const items::Route route = items::route(client->parser().head(), limits);
    switch (route.action) {
        case items::Route::Action::save_item: return save_item(client, items, respond);
        case items::Route::Action::find_item: return find_item(route.pk, items, respond);
        case items::Route::Action::answer: return respond(route.answer);
    }
}
// #endregion

struct Listener {
    UniqueFd socket;
    asio::ip::tcp family;
};

Listener listen(const ServerOptions& options) {
    UniqueFd socket = listen_on(options.address, options.port);
    const bool v6 = asio::ip::make_address(options.address).is_v6();
    return {std::move(socket), v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4()};
}

/// The server: accepts clients until a signal comes, then drains. Loop's thread only.
class Server {
  public:
    Server(asio::io_context& loop, Listener listener, const Database& database,
           const ServerOptions& options)
        : loop_(loop),
          acceptor_(loop, listener.family, listener.socket.release()),
          pause_(loop),
          signals_(loop, SIGINT, SIGTERM),
          drain_timer_(loop),
          database_(database),
          options_(options) {
        signals_.async_wait([this](Code error, int) {
            if (!error) drain();
        });
        accept();
    }

  private:
    void accept();
    void serve(const Client& client);
    void drain();

    asio::io_context& loop_;
    asio::ip::tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    asio::signal_set signals_;
    asio::steady_timer drain_timer_;
    Connections connections_;
    const Database& database_;
    const ServerOptions& options_;
};

// #region accept
void Server::accept() {
    acceptor_.async_accept([this](Code error, asio::ip::tcp::socket socket) {
        if (!acceptor_.is_open()) return;  // draining
        if (error) {                       // out of descriptors, perhaps: not again at once
            pause_.expires_after(accept_pause);
            return pause_.async_wait([this](Code stopped) {
                if (!stopped) accept();
            });
        }
        serve(
            std::make_shared<Connection>(std::move(socket), options_.limits, connections_));
        accept();
    });
}
// #endregion

// #region serve
void Server::serve(const Client& client) {
    client->read_head([this, client](bool came) {
        if (!came) return;
        answer(client, database_, options_.limits,
               [this, client](const http::Response& response) {
                   client->respond(response, [this, client] { serve(client); });
               });
    });
}
// #endregion

// #region drain
void Server::drain() {
    signals_.clear();  // the next signal finds the default action, which ends the process
    acceptor_.close();
    pause_.cancel();
    drain_timer_.expires_after(options_.drain_timeout);
    drain_timer_.async_wait([](Code stopped) {
        if (stopped) return;
        trace::stop();
        std::_Exit(0);  // cuts the rest: a thread that waits for the database can't be told
                        // to stop
    });
    connections_.drain([this] { loop_.stop(); });
}
// #endregion

int run(const ServerOptions& options, const SaveOn& save_on) {
    prepare_process();
    ItemStore store{options.store};
    asio::io_context loop;
    Listener listener = listen(options);
    const std::uint16_t port = local_port(listener.socket.get());

    const std::unique_ptr<ThreadPool> pool = save_on.make_pool();
    const Database database{loop, store, pool.get()};
    const Server server{loop, std::move(listener), database, options};
    announce(options.address, port);
    loop.run();  // everything happens in here
    return 0;
}

}  // namespace six::callbacks

int main(int argc, char** argv) {
    return six::run_main("03_callbacks", [&] {
        six::ServerCommandLine line{"03_callbacks", "One thread, callbacks on Asio."};
        six::SaveOn save_on;
        save_on.declare(line);
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "03_callbacks"};
        return six::callbacks::run(options, save_on);
    });
}
