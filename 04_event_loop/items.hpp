// The database for a loop that must not wait: a thread of a pool waits, and posts the
// result back.
// (`--save-on loop`: the loop's own thread waits, and with it everybody.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "02_threads/thread_pool.hpp"
#include "04_event_loop/event_loop.hpp"
#include "04_event_loop/outcome.hpp"
#include "common/items/item_store.hpp"
#include "common/trace/trace.hpp"

namespace six::event_loop {

/// The database and who waits for it. Outlives all requests.
struct Database {
    EventLoop& loop;
    ItemStore& store;
    ThreadPool* pool;  ///< borrowed; none: the loop's own thread waits
};

/// The database, on behalf of one request. Each call returns at once; in a later turn of
/// the loop it fills in `result` and calls `resume`, which must both live until then. A
/// failure is a 503: the database refuses, or the pool's queue is full. Loop's thread only.
class Items {
  public:
    using Where = trace::Where;
    using Saved = std::optional<Outcome<std::int64_t>>;
    using Found = std::optional<Outcome<std::optional<std::string>>>;

    Items(const Database& database, trace::Request request, Callback resume)
        : database_(database), request_(request), resume_(std::move(resume)) {}

    void save(std::string body, Saved& result, Where where = Where::current());
    void find(std::int64_t pk, Found& result, Where where = Where::current());

  private:
    template <class Work, class Result>
    void wait_elsewhere(Work work, Result& result, Where where);

    const Database& database_;
    trace::Request request_;
    Callback resume_;
};

}  // namespace six::event_loop
