#include "06_full_server/items.hpp"

#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

using trace::State;
using trace::Wait;

// #region wait-for-database
Task<std::int64_t> Items::save(std::string body, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    co_return co_await full::save(database_.committer, loop_, std::move(body));
}

Task<std::int64_t> Items::save(std::shared_ptr<const Spool> upload, Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    co_return co_await full::save(database_.committer, loop_, std::move(upload));
}

Task<std::optional<ItemStore::Piece>> Items::find(std::int64_t pk, std::uint64_t offset,
                                                  Where where) {
    const Wait wait{request_, State::waiting_for_database, where};
    const auto find = [&store = database_.store, pk, offset] {
        return store.find_piece(pk, offset);
    };
    co_return co_await run_elsewhere(database_.readers, loop_, find);
}
// #endregion

}  // namespace six::full
