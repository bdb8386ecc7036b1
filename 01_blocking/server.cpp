// Chapter 01: one client at a time. Each call comes back when it is done, and until then
// nothing else happens. Read first: socket.hpp and request.cpp. Read next:
// 02_threads/server.cpp.
#include "01_blocking/request.hpp"
#include "01_blocking/socket.hpp"
#include "01_blocking/stop_signal.hpp"
#include "common/http/response.hpp"
#include "common/items/routes.hpp"
#include "common/options.hpp"

namespace six::blocking {

// #region save-item
http::Response save_item(Request& request, Items& items) {
    const std::string body = request.body();   // waits for the client
    const std::int64_t pk = items.save(body);  // waits for the database
    return items::saved(pk);
}
// #endregion

// #region route
http::Response answer(Request& request, ItemStore& store, const http::Limits& limits) {
    try {
        if (request.refused()) throw request.parser().error();
        Items items{store, request.trace()};
        const items::Route route = items::route(request.parser().head(), limits);
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

// #region serve
void serve(int client, ItemStore& store, const http::Limits& limits,
           const StopSignal& stop) {
    Request request{client, limits};
    {
        const StopSignal::EndsReading idle{stop, client};
        if (!request.read_head()) return;
        if (request.refused() && stop.requested()) return;  // we have cut it off ourselves
    }
    const http::Response response = answer(request, store, limits);
    // #region respond
    const auto afterwards = http::after_only_request(request.parser());
    const auto now = std::chrono::system_clock::now();
    if (!request.write(serialize(response, request.parser().head(), afterwards, now)))
        return;
    if (afterwards == http::Afterwards::linger)
        linger(client, http::linger_time, http::linger_bytes);
    // #endregion
}
// #endregion

int run(const ServerOptions& options) {
    prepare_process();
    StopSignal stop;
    stop.limit_drain(options.drain_timeout);
    ItemStore store{options.store};
    const UniqueFd listener = listen_on(options.address, options.port);
    stop.refuse_clients(listener.get());
    announce(options.address, local_port(listener.get()));

    // #region accept
    while (stop.wait_for_client(listener.get())) {
        const UniqueFd client = accept_client(listener.get(), Mode::blocking);
        if (client)
            serve(client.get(), store, options.limits, stop);
        else
            stop.pause(accept_pause);
    }
    // #endregion
    return 0;
}

}  // namespace six::blocking

int main(int argc, char** argv) {
    return six::run_main("01_blocking", [&] {
        six::ServerCommandLine line{"01_blocking", "One client at a time."};
        const six::ServerOptions options = line.parse(argc, argv);
        const six::trace::Recording recording{options.trace_file, "01_blocking"};
        return six::blocking::run(options);
    });
}
