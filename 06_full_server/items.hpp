// The items, as a handler sees them: whoever keeps them. Read next: database.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "06_full_server/database.hpp"
#include "common/trace/trace.hpp"

namespace six::full {

/// The database, on behalf of one request. All throw http::Error (503), and Cancelled: then
/// it is not known what becomes of the item. Loop's thread only.
class Items {
  public:
    using Where = trace::Where;

    Items(Store& store, trace::Request request) : store_(store), request_(request) {}

    /// Suspends until the item is on the disk and returns its id.
    Task<std::int64_t> save(std::string body, Where where = Where::current());
    Task<std::int64_t> save(std::shared_ptr<const Spool> upload,
                            Where where = Where::current());
    /// Suspends until the item is found. Empty: there is no such item.
    Task<std::optional<FoundItem>> find(std::int64_t pk, Where where = Where::current());
    /// Suspends until the next piece of it is read.
    Task<std::string> next_piece(LargeItem& item, Where where = Where::current());

  private:
    Store& store_;
    trace::Request request_;
};

}  // namespace six::full
