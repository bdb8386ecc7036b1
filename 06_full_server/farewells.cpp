// How a worker parts with a client for whom it has no time or no room: politely, and within
// bounds. Read before: worker.cpp.
#include <optional>
#include <utility>

#include "04_event_loop/nonblocking.hpp"
#include "05_coroutines/with_timeout.hpp"
#include "06_full_server/worker.hpp"
#include "common/report.hpp"

namespace six::full {

namespace {

constexpr std::size_t most_seen_off = 100;  // refused clients that linger at a time

}  // namespace

// #region turn-away
/// A client was too slow, and all its waits are over. It is told so, if it listens.
Task<void> Worker::turn_away(Request& request, AsyncSocket& client) {
    const std::optional<http::Error> error = request.too_slow();
    if (!error) co_return;
    http::Response response = http::to_response(*error);
    metrics_.answered(LoopMetrics::Route::other, response.status);
    if (log_.enabled())
        log_.add(peer_address(client.fd()), request.parser().head(), response.status,
                 response.body.size(), request.in_phase());
    const auto afterwards = http::afterwards(request.parser(), false);
    try {
        const bool sent = co_await with_timeout(loop_, shared_.deadlines.write,
                                                answer(request, response, afterwards));
        if (!sent) co_return;
        if (afterwards == http::Afterwards::linger) co_await linger(client);
    } catch (const TimedOut&) {
        // It doesn't listen.
    } catch (const std::exception& fault) {
        report_fault(fault);  // ends this connection, not the group
    }
}

Task<bool> Worker::answer(Request& request, http::Response& response,
                          http::Afterwards afterwards) {
    co_return co_await request.answer(response, afterwards);
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

void Worker::refuse(UniqueFd client) {
    metrics_.connections_refused.add();
    const auto no = http::to_response(http::Error(503, "too many connections from there"));
    const auto bytes =
        serialize(no, {}, http::Afterwards::linger, std::chrono::system_clock::now());
    (void)try_send(client.get(), bytes);  // fits, or is gone with the client
    // Its request may be on its way. But who is refused must not take the descriptors of
    // those who are served: beyond that number a client is closed at once.
    if (refused_.size() >= most_seen_off) return;
    auto watched = AsyncSocket::try_watch(loop_, std::move(client));
    if (watched) refused_.spawn(see_off(std::move(*watched)));
}

Task<void> Worker::see_off(AsyncSocket client) {
    co_await linger(client);
}

}  // namespace six::full
