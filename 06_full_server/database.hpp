// The door behind which the items are kept, so that the server need not know by whom.
// Read next: sqlite_database.hpp (a file of this machine's), postgres/database.hpp (a
// server on the network).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "04_event_loop/event_loop.hpp"
#include "05_coroutines/task.hpp"
#include "06_full_server/spool.hpp"

namespace six::full {

/// An item that is too large for the memory, on its way to one client. Loop's thread only.
class LargeItem {
  public:
    virtual ~LargeItem() = default;
    /// Suspends until the next piece is read; at the end, none. Throws http::Error (503),
    /// and Cancelled: after that it must not be asked again.
    virtual Task<std::string> next_piece() = 0;
};

/// An item that was found.
struct FoundItem {
    std::uint64_t size = 0;
    std::string bytes;                 ///< of a small one
    std::unique_ptr<LargeItem> large;  ///< in their place
};

/// One loop's way to the database. That loop's thread only. It must outlive its tasks.
class Store {
  public:
    virtual ~Store() = default;
    /// Suspends until the item is durable and returns its id. Throws http::Error (503), and
    /// Cancelled: then it is not known what becomes of the item.
    virtual Task<std::int64_t> save(std::string body) = 0;
    /// The same for a large item. Throws http::Error (413) where there can't be any.
    virtual Task<std::int64_t> save(std::shared_ptr<const Spool> upload);
    /// Suspends until the item is found. Empty: there is no such item. Throws http::Error
    /// (503) and Cancelled.
    virtual Task<std::optional<FoundItem>> find(std::int64_t pk) = 0;
};

/// The database, for all loops.
class Database {
  public:
    /// What `GET /metrics` tells of it.
    struct Figures {
        std::size_t queued = 0;     ///< items that wait to be saved
        std::uint64_t commits = 0;  ///< transactions that saved items
        std::uint64_t items = 0;    ///< items saved
        /// To a database on the network; nothing where it is none.
        std::optional<std::size_t> connections = {};
    };

    virtual ~Database() = default;
    /// For the loop, which is borrowed, before it runs. Destroy it on the loop's thread, or
    /// when that has ended; the database must outlive it.
    virtual std::unique_ptr<Store> store_for(EventLoop& loop) = 0;
    /// On any thread.
    virtual Figures figures() const = 0;
};

}  // namespace six::full
