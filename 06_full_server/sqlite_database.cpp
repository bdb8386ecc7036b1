#include "06_full_server/sqlite_database.hpp"

#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

namespace {

class SqliteStore final : public Store {
  public:
    SqliteStore(EventLoop& loop, ItemStore& items, ThreadPool& readers, Committer& writer)
        : loop_(loop), items_(items), readers_(readers), writer_(writer) {}

    Task<std::int64_t> save(std::string body) override {
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
};

}  // namespace

SqliteDatabase::SqliteDatabase(const ItemStore::Options& options,
                               const Committer::Limits& limits)
    : items_(options), readers_(2, limits.queued), writer_(items_, limits) {}

std::unique_ptr<Store> SqliteDatabase::store_for(EventLoop& loop) {
    return std::make_unique<SqliteStore>(loop, items_, readers_, writer_);
}

Database::Figures SqliteDatabase::figures() const {
    return {writer_.queued(), writer_.commits(), writer_.committed(), {}};
}

}  // namespace six::full
