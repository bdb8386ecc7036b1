#include "06_full_server/items.hpp"

#include <utility>

namespace six::full {

// #region wait-for-database
Task<std::int64_t> Items::save(std::string body, Where where) {
    const trace::Wait wait{request_, trace::State::waiting_for_database, where};
    co_return co_await full::save(committer_, readers_.loop, std::move(body));
}

Task<std::optional<std::string>> Items::find(std::int64_t pk, Where where) {
    coroutines::Items items{readers_, request_};
    co_return co_await items.find(pk, where);
}
// #endregion

}  // namespace six::full
