#include "06_full_server/sqlite_database.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "06_full_server/elsewhere.hpp"
#include "06_full_server/spooled_item.hpp"
#include "06_full_server/turn_queue.hpp"

namespace six::full {

namespace {

// #region store
class SqliteStore final : public Store {
  public:
    /// All are borrowed. `commit`: what becomes of the items of one turn, `most` at a time.
    SqliteStore(EventLoop& loop, ItemStore& items, SpooledItem::Threads threads,
                const SpoolPlace& place, std::size_t most, TurnQueue::HandOn commit)
        : items_(items),
          threads_(threads),
          place_(place),
          saves_(loop, most, std::move(commit)) {}

    // What is on its way to the disk gets there, whoever still waits for it.
    Task<std::int64_t> save(std::string body) override {
        co_return co_await Batch::Wait(saves_, std::move(body));
    }
    Task<std::int64_t> save(std::shared_ptr<const Spool> upload) override {
        co_return co_await Batch::Wait(saves_, std::move(upload));
    }
    Task<std::optional<FoundItem>> find(std::int64_t pk) override {
        const auto look_up = [&items = items_, pk] { return items.look_up(pk); };
        auto found = co_await run_elsewhere(threads_.read, saves_.loop(), look_up);
        if (!found) co_return std::nullopt;
        std::unique_ptr<LargeItem> large;
        if (found->is_large())
            large = std::make_unique<SpooledItem>(saves_.loop(), items_, threads_, pk,
                                                  found->size, place_);
        co_return FoundItem{found->size, std::move(found->bytes), std::move(large)};
    }

  private:
    ItemStore& items_;
    const SpooledItem::Threads threads_;
    const SpoolPlace& place_;
    TurnQueue saves_;
};
// #endregion

}  // namespace

SqliteDatabase::SqliteDatabase(const ItemStore::Options& options,
                               const Committer::Limits& limits, CommitOn commit_on,
                               const LargeItems& large)
    : items_(options),
      reader_(1, limits.queued),
      writer_(items_, limits),
      commit_on_(commit_on),
      place_(large.place) {
    if (!large.expected) return;
    items_.get_ready_to_copy();
    copier_.emplace(1u, limits.queued);
}

// #region commit-on
std::unique_ptr<Store> SqliteDatabase::store_for(EventLoop& loop) {
    TurnQueue::HandOn commit = [this](std::unique_ptr<Batch> batch) {
        writer_.save(std::move(batch));  // a thread waits for the disk
    };
    if (commit_on_ == CommitOn::loop) {
        commit = [group_commit = GroupCommit(items_, writer_.counts())](
                     std::unique_ptr<Batch> batch) mutable {
            GroupCommit::Group group;
            group.push_back(std::move(batch));
            group_commit.commit(group);
            GroupCommit::send_back(std::move(group));
        };
    }
    const auto& [queued, batch, bytes] = writer_.limits();
    const SpooledItem::Threads threads{copier_ ? *copier_ : reader_, reader_};
    return std::make_unique<SqliteStore>(loop, items_, threads, place_,
                                         std::min(queued, batch), std::move(commit));
}
// #endregion

Database::Figures SqliteDatabase::figures() const {
    return {writer_.queued(), writer_.counts().commits, writer_.counts().items, {}};
}

}  // namespace six::full
