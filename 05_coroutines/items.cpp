#include "05_coroutines/items.hpp"

#include <type_traits>
#include <utility>

#include "05_coroutines/run_on.hpp"
#include "common/http/message.hpp"

namespace six::coroutines {

using trace::State;
using trace::Wait;

// #region wait-for-database
namespace {

/// Runs a function that blocks where this server blocks, while the task is suspended.
template <class Function>
Task<std::invoke_result_t<Function&>> wait_elsewhere(const Database& database,
                                                     Function blocking) {
    if (!database.pool) co_return blocking();
    try {
        co_return co_await run_on(*database.pool, database.loop, std::move(blocking));
    } catch (const QueueFull&) {
        throw http::Error(503, "the database is too far behind");
    }
}

}  // namespace

Task<std::int64_t> Items::save(std::string body, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    // Named first, then moved: g++ 12 destroys a lambda twice that is written in a
    // co_await.
    auto save = [&store = database_.store, body = std::move(body)] {
        return store.save(body);
    };
    co_return co_await wait_elsewhere(database_, std::move(save));
}

Task<std::optional<std::string>> Items::find(std::int64_t pk, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    auto find = [&store = database_.store, pk] { return store.find(pk); };
    co_return co_await wait_elsewhere(database_, std::move(find));
}
// #endregion

}  // namespace six::coroutines
