#include "06_full_server/spooled_item.hpp"

#include <algorithm>
#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

Task<std::string> SpooledItem::next_piece() {
    if (!copied_) {
        spool_->reserve(size_);
        if (co_await copy() != size_) throw http::Error(503, "the item has changed");
        copied_ = true;
    }
    const std::uint64_t bytes =
        std::min<std::uint64_t>(size_ - offset_, Spool::piece_bytes);
    auto read = [spool = spool_, offset = offset_, bytes] {
        std::string piece(bytes, '\0');
        spool->read(offset, piece);
        return piece;
    };
    offset_ += bytes;
    co_return co_await run_elsewhere(threads_.read, loop_, std::move(read));
}

/// Gives its size. Stops early when nobody waits for it any more.
Task<std::uint64_t> SpooledItem::copy() {
    auto work = [&items = items_, pk = pk_, waiting = std::weak_ptr(spool_)] {
        const auto spool = [&] {
            if (auto wanted = waiting.lock()) return wanted;
            throw http::Error(503, "nobody waits for it");
        };
        spool();
        items.copy(pk, [&](std::string_view piece) { spool()->write(piece); });
        return spool()->size();
    };
    return run_elsewhere(threads_.copy, loop_, std::move(work));
}

}  // namespace six::full
