#include "06_full_server/items.hpp"

#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

namespace {

using Found = Elsewhere<std::optional<std::string>>;

Outcome<std::optional<std::string>> find_in(ItemStore& store, std::int64_t pk) {
    try {
        return {{}, store.find(pk)};
    } catch (const http::Error& error) {
        return {error, {}};
    }
}

}  // namespace

// #region wait-for-database
Task<std::int64_t> Items::save(std::string body, Where where) {
    const trace::Wait wait{request_, trace::State::waiting_for_database, where};
    co_return co_await full::save(committer_, readers_.loop, std::move(body));
}

Task<std::optional<std::string>> Items::find(std::int64_t pk, Where where) {
    const trace::Wait wait{request_, trace::State::waiting_for_database, where};
    const auto start = [this, pk](Found::Done done) {
        return readers_.pool->try_submit(
            [&store = readers_.store, pk, done] { done(find_in(store, pk)); });
    };
    Found item{readers_.loop, start};
    co_return co_await item;
}
// #endregion

}  // namespace six::full
