#include "06_full_server/spooled_item.hpp"

#include <algorithm>
#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

// #region large-item
Task<std::string> SpooledItem::next_piece() {
    if (!copied_) copied_ = co_await copy();
    const std::uint64_t left = spool_->size() - offset_;
    auto read = [spool = spool_, offset = offset_, left] {
        std::string piece(std::min<std::uint64_t>(left, Spool::piece_bytes), '\0');
        spool->read(offset, piece);
        return piece;
    };
    std::string piece = co_await run_elsewhere(disk_, loop_, std::move(read));
    offset_ += piece.size();
    co_return piece;
}

/// Stops early when nobody waits for it any more.
Task<bool> SpooledItem::copy() {
    auto work = [&items = items_, pk = pk_, waiting = std::weak_ptr(spool_)] {
        items.copy(pk, [&](std::string_view piece) {
            const auto spool = waiting.lock();
            if (!spool) throw http::Error(503, "nobody waits for it");
            spool->append(piece);
            spool->flush();
        });
        return true;
    };
    return run_elsewhere(disk_, loop_, std::move(work));
}
// #endregion

}  // namespace six::full
