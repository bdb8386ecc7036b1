// The database for the full server: saves are committed in groups, finds run on a pool.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "05_coroutines/items.hpp"
#include "06_full_server/committer.hpp"

namespace six::full {

/// The database, on behalf of one request. Both throw http::Error (503), and Cancelled:
/// then it is not known what becomes of the item. Loop's thread only.
class Items {
  public:
    using Where = trace::Where;

    Items(Committer& committer, const coroutines::Database& readers, trace::Request request)
        : committer_(committer), readers_(readers), request_(request) {}

    /// Suspends until the item is on the disk and returns its id.
    Task<std::int64_t> save(std::string body, Where where = Where::current());
    /// Suspends until it is read. Empty: there is no such item.
    Task<std::optional<std::string>> find(std::int64_t pk, Where where = Where::current());

  private:
    Committer& committer_;
    coroutines::Database readers_;
    trace::Request request_;
};

}  // namespace six::full
