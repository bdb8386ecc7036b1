// The database for the full server: saves are committed in groups, finds run on a pool.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "02_threads/thread_pool.hpp"
#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/task.hpp"
#include "06_full_server/committer.hpp"
#include "06_full_server/spool.hpp"
#include "common/items/item_store.hpp"
#include "common/trace/trace.hpp"

namespace six::full {

/// The database, and who waits for it. Outlives all requests.
struct Database {
    ItemStore& store;
    Committer& committer;  ///< for saves
    ThreadPool& readers;   ///< for finds
};

/// The database, on behalf of one request. All throw http::Error (503), and Cancelled: then
/// it is not known what becomes of the item. Loop's thread only.
class Items {
  public:
    using Where = trace::Where;

    Items(const Database& database, EventLoop& loop, trace::Request request)
        : database_(database), loop_(loop), request_(request) {}

    /// Suspends until the item is on the disk and returns its id.
    Task<std::int64_t> save(std::string body, Where where = Where::current());
    Task<std::int64_t> save(std::shared_ptr<const Spool> upload,
                            Where where = Where::current());
    /// Suspends until a piece of the item is read. Empty: there is no such item.
    Task<std::optional<ItemStore::Piece>> find(std::int64_t pk, std::uint64_t offset,
                                               Where where = Where::current());

  private:
    const Database& database_;
    EventLoop& loop_;
    trace::Request request_;
};

}  // namespace six::full
