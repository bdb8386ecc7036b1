#include "06_full_server/sqlite_database.hpp"

#include <deque>
#include <memory>
#include <utility>

#include "06_full_server/elsewhere.hpp"
#include "06_full_server/turn_queue.hpp"

namespace six::full {

namespace {

// #region store
class SqliteStore final : public Store {
  public:
    /// All are borrowed. `commit`: what becomes of the items of one turn.
    SqliteStore(EventLoop& loop, ItemStore& items, ThreadPool& readers,
                TurnQueue::HandOn commit)
        : loop_(loop), items_(items), readers_(readers), saves_(loop, std::move(commit)) {}

    Task<std::int64_t> save(std::string body) override { return save_any(std::move(body)); }
    Task<std::int64_t> save(std::shared_ptr<const Spool> upload) override {
        return save_any(std::move(upload));
    }
    Task<std::optional<ItemStore::Piece>> find(std::int64_t pk,
                                               std::uint64_t offset) override {
        const auto find = [&items = items_, pk, offset] {
            return items.find_piece(pk, offset);
        };
        return run_elsewhere(readers_, loop_, find);
    }

  private:
    /// What is on its way to the disk gets there, whoever still waits for it.
    template <class Item>
    Task<std::int64_t> save_any(Item item) {
        const auto start = [this, &item](Waiting::Done done) {
            saves_.add(Waiting(std::move(item), std::move(done)));
            return true;
        };
        Elsewhere<std::int64_t> commit{loop_, start};
        co_return co_await commit;
    }

    EventLoop& loop_;
    ItemStore& items_;
    ThreadPool& readers_;
    TurnQueue saves_;
};
// #endregion

}  // namespace

SqliteDatabase::SqliteDatabase(const ItemStore::Options& options,
                               const Committer::Limits& limits, CommitOn commit_on)
    : items_(options),
      readers_(2, limits.queued),
      writer_(items_, limits),
      commit_on_(commit_on) {}

// #region commit-on
std::unique_ptr<Store> SqliteDatabase::store_for(EventLoop& loop) {
    TurnQueue::HandOn commit = [this](std::deque<Waiting> items) {
        writer_.save(std::move(items));  // a thread waits for the disk
    };
    if (commit_on_ == CommitOn::loop) {
        const auto group = std::make_shared<GroupCommit>(items_, writer_.counts());
        commit = [group](std::deque<Waiting> items) {
            while (!items.empty())
                group->commit(GroupCommit::next_batch(items, items.size()));
        };
    }
    return std::make_unique<SqliteStore>(loop, items_, readers_, std::move(commit));
}
// #endregion

Database::Figures SqliteDatabase::figures() const {
    return {writer_.queued(), writer_.counts().commits, writer_.counts().items, {}};
}

}  // namespace six::full
