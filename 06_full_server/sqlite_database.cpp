#include "06_full_server/sqlite_database.hpp"

#include <utility>

#include "06_full_server/elsewhere.hpp"
#include "06_full_server/turn_committer.hpp"

namespace six::full {

namespace {

class SqliteStore final : public Store {
  public:
    SqliteStore(EventLoop& loop, ItemStore& items, ThreadPool& readers, Committer& writer,
                CommitOn commit_on)
        : loop_(loop),
          items_(items),
          readers_(readers),
          writer_(writer),
          commit_on_(commit_on),
          in_turn_(loop, items, writer.counts()) {}

    Task<std::int64_t> save(std::string body) override {
        if (commit_on_ == CommitOn::loop)
            return full::save(in_turn_, loop_, std::move(body));
        return full::save(writer_, loop_, std::move(body));
    }
    Task<std::int64_t> save(std::shared_ptr<const Spool> upload) override {
        return full::save(writer_, loop_, std::move(upload));
    }
    Task<std::optional<ItemStore::Piece>> find(std::int64_t pk,
                                               std::uint64_t offset) override {
        const auto find = [&items = items_, pk, offset] {
            return items.find_piece(pk, offset);
        };
        return run_elsewhere(readers_, loop_, find);
    }

  private:
    EventLoop& loop_;
    ItemStore& items_;
    ThreadPool& readers_;
    Committer& writer_;
    const CommitOn commit_on_;
    TurnCommitter in_turn_;
};

}  // namespace

SqliteDatabase::SqliteDatabase(const ItemStore::Options& options,
                               const Committer::Limits& limits, CommitOn commit_on)
    : items_(options),
      readers_(2, limits.queued),
      writer_(items_, limits),
      commit_on_(commit_on) {}

std::unique_ptr<Store> SqliteDatabase::store_for(EventLoop& loop) {
    return std::make_unique<SqliteStore>(loop, items_, readers_, writer_, commit_on_);
}

Database::Figures SqliteDatabase::figures() const {
    return {writer_.queued(), writer_.counts().commits, writer_.counts().items, {}};
}

}  // namespace six::full
