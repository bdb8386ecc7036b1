// The database for tasks: a thread of a pool waits for the disk, the task waits for the
// thread.
// (`--save-on loop`: the loop's own thread waits, and with it everybody.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "02_threads/thread_pool.hpp"
#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/task.hpp"
#include "common/items/item_store.hpp"
#include "common/trace/trace.hpp"

namespace six::coroutines {

/// The database and who waits for it. Outlives all requests.
struct Database {
    EventLoop& loop;
    ItemStore& store;
    ThreadPool* pool;  ///< borrowed; none: the loop's own thread waits
};

/// The database, on behalf of one request. Both throw http::Error (503) if the database
/// refuses or the pool's queue is full. Loop's thread only.
class Items {
  public:
    using Where = trace::Where;

    Items(const Database& database, trace::Request request)
        : database_(database), request_(request) {}

    /// Suspends until the item is on the disk and returns its id.
    Task<std::int64_t> save(std::string body, Where where = Where::current());
    /// Suspends until it is read. Empty: there is no such item.
    Task<std::optional<std::string>> find(std::int64_t pk, Where where = Where::current());

  private:
    const Database& database_;
    trace::Request request_;
};

}  // namespace six::coroutines
