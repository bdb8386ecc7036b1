// The database for a server that must not wait. SQLite blocks, so somebody has to: the
// loop's thread, and with it everybody (`--save-on loop`), or a thread of a pool
// (`--save-on pool`).
#pragma once

#include <asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "02_threads/thread_pool.hpp"
#include "common/http/message.hpp"
#include "common/items/item_store.hpp"
#include "common/trace/trace.hpp"

namespace six::callbacks {

/// The database and who waits for it. Outlives all requests.
struct Database {
    asio::io_context& loop;
    ItemStore& store;
    ThreadPool* pool;  ///< borrowed; none: the loop's own thread waits
};

/// The database, on behalf of one request. Calls return at once; their callbacks come
/// later, on the loop's thread, also when the client has gone or the server is draining. An
/// error is a 503: the database refuses, or the pool's queue is full.
class Items {
  public:
    using Where = trace::Where;
    using Saved = std::function<void(std::optional<http::Error>, std::int64_t pk)>;
    using Found =
        std::function<void(std::optional<http::Error>, std::optional<std::string>)>;

    Items(const Database& database, trace::Request request)
        : database_(database), request_(request) {}

    void save(std::string body, Saved then, Where where = Where::current()) const;
    void find(std::int64_t pk, Found then, Where where = Where::current()) const;

  private:
    Database database_;
    trace::Request request_;
};

}  // namespace six::callbacks
