#include "06_full_server/worker.hpp"

#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "05_coroutines/with_timeout.hpp"
#include "06_full_server/items.hpp"
#include "common/items/routes.hpp"

namespace six::full {

// #region save-item
Task<http::Response> save_item(Request& request, Items& items) {
    std::string body = co_await request.body();                    // waits for the client
    const std::int64_t pk = co_await items.save(std::move(body));  // waits for the database
    co_return items::saved(pk);
}
// #endregion

Worker::Worker(EventLoop& loop, const Shared& shared) : shared_(shared), loop_(loop) {
    loop_.watch(shared_.stop.fd());
}

Worker::~Worker() {
    loop_.forget(shared_.stop.fd());
}

// #region adopt
void Worker::adopt(UniqueFd client, Admission::Ticket ticket) {
    // Shared, because a callback must be copyable.
    const auto socket = std::make_shared<UniqueFd>(std::move(client));
    const auto place = std::make_shared<Admission::Ticket>(std::move(ticket));
    loop_.post([this, socket, place] {
        AsyncSocket watched{loop_, std::move(*socket)};
        connections_.spawn(serve(std::move(watched), std::move(*place)));
    });
}
// #endregion

// #region drain
Task<void> Worker::run() {
    co_await readable(loop_, shared_.stop.fd());
    co_await drain();
}

Task<void> Worker::drain() {
    idle_.cancel();
    loop_.call_after(shared_.drain_timeout, [] {
        trace::stop();
        std::_Exit(0);  // cuts the rest: a thread that waits for the database can't be told
                        // to stop
    });
    co_await connections_.join();
}
// #endregion

// #region serve
/// A connection, from its first request to its last. The task owns the socket, and its
/// place among the connections.
Task<void> Worker::serve(AsyncSocket client, Admission::Ticket) {
    CancellationScope& ours = co_await current_scope();
    CancellationScope patience;  // ends when a time limit is over
    const ScopeLink link(ours, patience);
    PhaseDeadline deadline{loop_, shared_.deadlines.shortest(), patience};
    Request request{client, buffer_, shared_.limits, shared_.deadlines, deadline};

    auto afterwards = http::Afterwards::close;
    try {
        afterwards = co_await answer_requests(request).in(patience);
    } catch (const Cancelled&) {
        if (!deadline.expired()) throw;
    }
    if (deadline.expired()) afterwards = co_await turn_away(request);
    if (afterwards == http::Afterwards::linger) co_await linger(client);
}

Task<http::Afterwards> Worker::answer_requests(Request& request) {
    while (co_await request.read_head(idle_)) {
        const http::Response response = co_await answer(request);
        const auto afterwards = co_await request.respond(response, !idle_.cancelled());
        if (afterwards != http::Afterwards::next_request) co_return afterwards;
        request.next();
    }
    co_return http::Afterwards::close;
}
// #endregion

// #region route
Task<http::Response> Worker::answer(Request& request) {
    try {
        if (request.parser().state() == http::RequestParser::State::refused)
            throw request.parser().error();
        const coroutines::Database readers{loop_, shared_.store, &shared_.readers};
        Items items{shared_.committer, readers, request.trace()};
        items::Route route = items::route(request.parser().head(), shared_.limits);
        switch (route.action) {
            case items::Route::Action::save_item:
                co_return co_await save_item(request, items);
            case items::Route::Action::find_item:
                co_return items::found(co_await items.find(route.pk));
            case items::Route::Action::answer: break;
        }
        co_return std::move(route.answer);
    } catch (const http::Error& error) {
        co_return http::to_response(error);
    }
}
// #endregion

// #region turn-away
/// A client was too slow, and all its waits are over. It is told so, if it listens.
Task<http::Afterwards> Worker::turn_away(Request& request) {
    const std::optional<http::Error> error = request.too_slow();
    if (!error) co_return http::Afterwards::close;
    const http::Response response = http::to_response(*error);
    try {
        co_return co_await with_timeout(loop_, shared_.deadlines.write,
                                        request.respond(response, false));
    } catch (const TimedOut&) {
        co_return http::Afterwards::close;
    }
}
// #endregion

Task<void> Worker::linger(AsyncSocket& client) {
    client.shut_down_sending();
    try {
        co_await with_timeout(loop_, http::linger_time, discard(client));
    } catch (const TimedOut&) {
        // Whatever still comes, we have waited long enough.
    }
}

Task<void> Worker::discard(AsyncSocket& client) {
    for (std::size_t discarded = 0; discarded < http::linger_bytes;) {
        const std::size_t received = co_await client.receive(buffer_);
        if (received == 0) co_return;
        discarded += received;
    }
}

}  // namespace six::full
