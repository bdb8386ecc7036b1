#include "06_full_server/items.hpp"

#include <utility>

namespace six::full {

using trace::State;
using trace::Wait;

// #region wait-for-database
Task<std::int64_t> Items::save(std::string body, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    co_return co_await store_.save(std::move(body));
}

Task<std::int64_t> Items::save(std::shared_ptr<const Spool> upload, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    co_return co_await store_.save(std::move(upload));
}

Task<std::optional<FoundItem>> Items::find(std::int64_t pk, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    co_return co_await store_.find(pk);
}

Task<std::string> Items::next_piece(LargeItem& item, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    co_return co_await item.next_piece();
}
// #endregion

}  // namespace six::full
