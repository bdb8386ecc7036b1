#include "06_full_server/worker.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "06_full_server/items.hpp"
#include "common/items/routes.hpp"
#include "common/report.hpp"

namespace six::full {

// #region save-item
Task<http::Response> save_item(Request& request, Items& items) {
    std::string body = co_await request.body();                    // waits for the client
    const std::int64_t pk = co_await items.save(std::move(body));  // waits for the database
    co_return items::saved(pk);
}
// #endregion

namespace {

constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

bool is_metrics(const http::RequestHead& head) {
    return std::string_view(head.path) == "/metrics";
}

http::Response metrics_page(const http::RequestHead& head, const Shared& shared) {
    if (head.method != http::Method::get && head.method != http::Method::head)
        return to_response(
            http::Error(405, "this path allows only GET, HEAD", "GET, HEAD"));
    return {.content_type = metrics_type,
            .body = shared.metrics.text(shared.database.figures(), shared.memory)};
}

/// A body too large for the memory, or one that doesn't say how large it will be.
bool is_upload(const http::RequestHead& head, const Shared& shared) {
    const std::uint64_t above = shared.uploads.above;
    return head.chunked ? shared.limits.body_bytes > above
                        : head.content_length.value_or(0) > above;
}

/// Of which nothing is still to be read.
std::pair<http::Response, std::unique_ptr<LargeItem>> whole(http::Response response) {
    return {std::move(response), nullptr};
}

LoopMetrics::Route route_for_metrics(const items::Route& route) {
    switch (route.action) {
        case items::Route::Action::save_item: return LoopMetrics::Route::save_item;
        case items::Route::Action::find_item: return LoopMetrics::Route::find_item;
        case items::Route::Action::answer: break;
    }
    if (route.answer.status != 200 || !route.answer.allow.empty())
        return LoopMetrics::Route::other;
    const bool metrics = route.answer.content_type == metrics_type;  // no other page's
    return metrics ? LoopMetrics::Route::metrics : LoopMetrics::Route::health;
}

}  // namespace

Worker::Worker(EventLoop& loop, LoopMetrics& metrics, const Shared& shared)
    : shared_(shared),
      loop_(loop),
      metrics_(metrics),
      log_(loop, shared.log),
      store_(shared.database.store_for(loop)),
      for_requests_{buffer_, shared.limits, shared.deadlines, shared.memory, metrics_} {}

// #region adopt
void Worker::adopt(UniqueFd client, Admission::Ticket ticket) {
    loop_.post([this, client = std::move(client), ticket = std::move(ticket)]() mutable {
        auto watched = AsyncSocket::try_watch(loop_, std::move(client));
        if (watched) connections_.spawn(serve(std::move(*watched), std::move(ticket)));
    });
}
// #endregion

// #region drain
Task<void> Worker::run() {
    try {
        co_await rest().in(idle_);
    } catch (const Cancelled&) {
        // That is how it is told to end.
    }
    co_await drain();
}

Task<void> Worker::rest() {
    co_await sleep_until(loop_, TimePoint::max());
}

void Worker::end() {
    loop_.post([this] { idle_.cancel(); });  // behind all clients that were dealt to it
}

Task<void> Worker::drain() {
    idle_.cancel();
    co_await connections_.join();
    co_await refused_.join();
    store_.reset();  // on this thread: what it has open belongs to it
}
// #endregion

// #region serve
/// A connection, from its first request to its last. The task owns the socket, and its
/// place among the connections.
Task<void> Worker::serve(AsyncSocket client, [[maybe_unused]] Admission::Ticket place) {
    const OpenConnection open{metrics_};
    CancellationScope patience;  // ends when a time limit is over
    const ScopeLink link(co_await current_scope(), patience);
    PhaseDeadline deadline{loop_, shared_.deadlines.shortest(), patience};
    Request request{client, deadline, for_requests_};

    // What an idle client costs is this frame: the rest of a request's state lives, and
    // ends, in `answer_one`.
    try {
        while (co_await request.read_head(idle_, patience)) {
            const bool again = co_await answer_one(request, client).in(patience);
            if (!again) break;
        }
    } catch (const Cancelled&) {
        if (!deadline.expired()) throw;
    } catch (const std::exception& fault) {
        report_fault(fault);  // ends this connection, not the group
    }
    if (deadline.expired()) co_await turn_away(request, client);
}

/// From its head, which is here, to the answer's last byte. True: the client may ask again.
Task<bool> Worker::answer_one(Request& request, AsyncSocket& client) {
    if (share_.used_up(&request))  // it has had many answers: the others come first
        co_await sleep_for(loop_, Duration::zero());
    const TimePoint began = loop_.now();
    const std::string address = log_.enabled() ? peer_address(client.fd()) : std::string();
    items::Route asked = route(request);
    http::Response& response = asked.answer;
    std::unique_ptr<LargeItem> large;
    if (asked.action != items::Route::Action::answer)
        std::tie(response, large) = co_await handle(request, asked);
    metrics_.answered(route_for_metrics(asked), response.status);

    // #region respond
    auto afterwards = http::afterwards(request.parser(), !is_ending());
    const std::uint64_t first = response.body.size();
    const std::uint64_t rest = response.body_follows;
    bool sent = co_await request.answer(response, afterwards);
    if (sent && large) sent = co_await write_rest(request, *large, rest);
    if (!sent) afterwards = http::Afterwards::close;
    // #endregion

    const Duration took = loop_.now() - began;
    metrics_.requests.add(took);
    if (log_.enabled())
        log_.add(address, request.parser().head(), response.status, first + rest, took);
    if (afterwards == http::Afterwards::linger) co_await linger(client);
    const bool again = afterwards == http::Afterwards::next_request;
    if (again) request.next();
    co_return again;
}
// #endregion

// #region route
/// What the head alone decides. Nothing here waits, so it is no task: its frame would be
/// for nothing.
items::Route Worker::route(const Request& request) const {
    const http::RequestParser& parser = request.parser();
    if (parser.state() == http::RequestParser::State::refused)
        return {.answer = http::to_response(parser.error())};
    if (is_metrics(parser.head())) return {.answer = metrics_page(parser.head(), shared_)};
    return items::route(parser.head(), shared_.limits);
}

/// The rest waits: for the client, for the database.
Task<Worker::Answer> Worker::handle(Request& request, const items::Route& route) {
    Items items{*store_, request.trace()};
    try {
        request.begin_handler();
        if (route.action == items::Route::Action::find_item)
            co_return co_await find_item(request, items, route.pk);
        if (is_upload(request.parser().head(), shared_))
            co_return whole(co_await save_upload(request, items));
        co_return whole(co_await save_item(request, items));
    } catch (const http::Error& error) {
        co_return whole(http::to_response(error));
    } catch (const std::exception& fault) {
        report_fault(fault);
        co_return whole(http::to_response(http::Error(500, "the server has failed")));
    }
}
// #endregion

// #region large
/// Like `save_item`, but holds only a piece of the item in memory.
Task<http::Response> Worker::save_upload(Request& request, Items& items) {
    const Uploads& uploads = shared_.uploads;
    const auto upload = co_await request.upload(*uploads.disk, uploads.place);
    const std::int64_t pk = co_await items.save(upload);
    co_return items::saved(pk);
}
// #endregion

// #region find-item
/// The item, or of a large one the first piece.
Task<Worker::Answer> Worker::find_item(Request& request, Items& items, std::int64_t pk) {
    std::optional<FoundItem> item = co_await items.find(pk);
    if (!item) co_return whole(items::found(std::nullopt));
    const bool only_head = request.parser().head().method == http::Method::head;
    if (only_head) item->large.reset();
    // The client may be slow to read it.
    request.keep(item->large ? Spool::piece_bytes : item->bytes.size());
    if (item->large) {
        request.begin_part();
        item->bytes = co_await items.next_piece(*item->large);
    }
    http::Response response = items::found(std::move(item->bytes));
    response.body_follows = item->size - response.body.size();
    co_return Answer{std::move(response), std::move(item->large)};
}

/// Piece by piece, as the client reads it. False: it didn't get all of it.
Task<bool> Worker::write_rest(Request& request, LargeItem& item, std::uint64_t left) {
    Items items{*store_, request.trace()};
    try {
        while (left > 0) {
            request.begin_part();
            std::string piece = co_await items.next_piece(item);
            if (piece.empty() || piece.size() > left) co_return false;
            left -= piece.size();
            const bool written = co_await request.write(std::move(piece));
            if (!written) co_return false;
        }
    } catch (const http::Error&) {
        co_return false;  // too late to say so
    }
    co_return true;
}
// #endregion

}  // namespace six::full
