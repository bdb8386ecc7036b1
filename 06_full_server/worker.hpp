// One thread with one loop, and the connections that live on it. The server has as many as
// it was asked for, and deals its clients out to them. Read first: request.hpp,
// database.hpp. Read next: server.cpp.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "01_blocking/unique_fd.hpp"
#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/fair_share.hpp"
#include "05_coroutines/task_group.hpp"
#include "06_full_server/access_log.hpp"
#include "06_full_server/admission.hpp"
#include "06_full_server/database.hpp"
#include "06_full_server/items.hpp"
#include "06_full_server/metrics.hpp"
#include "06_full_server/request.hpp"
#include "common/http/response.hpp"
#include "common/items/routes.hpp"

namespace six::full {

/// What becomes of a body that is too large for the memory.
struct Uploads {
    std::size_t above;  ///< bytes: what is larger is an upload
    ThreadPool* disk;  ///< writes to the files that they wait in; none: no body is so large
    SpoolPlace place;  ///< where these are
};

/// What all workers share.
struct Shared {
    Database& database;
    const Admission& admission;
    Uploads uploads;
    const Metrics& metrics;
    AccessLog& log;
    MemoryBudget& memory;
    const http::Limits& limits;
    Deadlines deadlines;
};

/// A loop and its connections. All members belong to the thread that runs it, except
/// `adopt`.
class Worker {
  public:
    /// All are borrowed.
    Worker(EventLoop& loop, LoopMetrics& metrics, const Shared& shared);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Serves this client from now on, and then gives its place back. From any thread.
    void adopt(UniqueFd client, Admission::Ticket ticket);
    /// Says no in a few words, to a client for which there is no room.
    void refuse(UniqueFd client);
    /// Serves until it is told to end, then drains.
    Task<void> run();
    /// Tells it to end, from any thread: after all clients that it was given before.
    void end();
    /// Ends the idle connections and waits for the others.
    Task<void> drain();

    EventLoop& loop() { return loop_; }
    LoopMetrics& metrics() { return metrics_; }

  private:
    /// Of a large item the response has the first piece; the others are still to be read.
    using Answer = std::pair<http::Response, std::unique_ptr<LargeItem>>;

    bool is_ending() const { return shared_.admission.closed() || idle_.cancelled(); }
    Task<void> serve(AsyncSocket client, Admission::Ticket place);
    Task<bool> answer_one(Request& request, AsyncSocket& client);
    items::Route route(const Request& request) const;
    Task<Answer> handle(Request& request, const items::Route& route);
    Task<http::Response> save_upload(Request& request, Items& items);
    Task<Answer> find_item(Request& request, Items& items, std::int64_t pk);
    Task<void> rest();
    Task<bool> answer(Request& request, http::Response& response,
                      http::Afterwards afterwards);
    Task<bool> write_rest(Request& request, LargeItem& item, std::uint64_t left);
    Task<void> turn_away(Request& request, AsyncSocket& client);
    Task<void> see_off(AsyncSocket client);
    Task<void> linger(AsyncSocket& client);
    Task<void> discard(AsyncSocket& client);

    const Shared& shared_;
    EventLoop& loop_;
    LoopMetrics& metrics_;
    LogLines log_;
    CancellationScope idle_;  // in which connections wait for a request; cancelled to drain
    std::unique_ptr<Store> store_;  // outlives the connections
    FairShare share_{loop_};
    TaskGroup connections_;
    TaskGroup refused_;
    std::array<char, 16 * 1024> buffer_;  // of all connections: used between two waits only
    const Request::Shared for_requests_;
};

}  // namespace six::full
