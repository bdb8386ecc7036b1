// A database that does what a script says, when the script says it: no thread, no disk.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "06_full_server/database.hpp"
#include "06_full_server/elsewhere.hpp"

namespace six::full::test {

/// Who asks it waits until `answer_…` or `fail_oldest`, or no longer than he likes: what
/// nobody waits for any more is done all the same.
class ScriptedDatabase final : public Database {
  public:
    enum class Mood { waits, at_once, full, broken };
    Mood mood = Mood::waits;
    /// The items by id: the first has the id 1.
    std::vector<std::string> items;

    static constexpr std::size_t piece_bytes = 3000;

    std::unique_ptr<Store> store_for(EventLoop& loop) override;
    Figures figures() const override { return {.queued = waiting_.size()}; }

    bool asked() const { return !waiting_.empty(); }
    void answer_oldest() { finish_oldest(true); }
    void fail_oldest() { finish_oldest(false); }
    void answer_newest() {
        if (!asked()) return;
        const auto finish = std::move(waiting_.back());
        waiting_.pop_back();
        finish(true);
    }
    void answer_all() {
        while (asked()) answer_oldest();
    }

  private:
    class ScriptedStore;
    template <class T>
    using Done = std::function<void(Outcome<T>)>;
    using Piece = std::optional<ItemStore::Piece>;

    void finish_oldest(bool well) {
        if (!asked()) return;
        const auto finish = std::move(waiting_.front());
        waiting_.pop_front();
        finish(well);
    }

    /// False: it has too much to do.
    template <class T>
    bool ask(std::function<T()> work, Done<T> done) {
        if (mood == Mood::full) return false;
        if (mood == Mood::broken) throw std::runtime_error("the database has a fault");
        waiting_.push_back([work = std::move(work), done = std::move(done)](bool well) {
            if (well) return done({std::nullopt, work()});
            done({http::Error(503, "the database fails"), T{}});
        });
        if (mood == Mood::at_once) answer_newest();
        return true;
    }

    std::int64_t save(const std::string& body) {
        items.push_back(body);
        return static_cast<std::int64_t>(items.size());
    }
    Piece find(std::int64_t pk, std::uint64_t offset) const {
        const auto index = static_cast<std::uint64_t>(pk - 1);
        if (index >= items.size()) return std::nullopt;
        const std::string& item = items[index];
        return ItemStore::Piece{item.substr(offset, piece_bytes), item.size()};
    }

    std::deque<std::function<void(bool)>> waiting_;
};

class ScriptedDatabase::ScriptedStore final : public Store {
  public:
    ScriptedStore(ScriptedDatabase& database, EventLoop& loop)
        : database_(database), loop_(loop) {}

    Task<std::int64_t> save(std::string body) override {
        const std::function<std::int64_t()> work = [&database = database_, body] {
            return database.save(body);
        };
        const auto start = [&](Done<std::int64_t> done) {
            return database_.ask(work, std::move(done));
        };
        Elsewhere<std::int64_t> result{loop_, start};
        co_return co_await result;
    }
    Task<std::int64_t> save(std::shared_ptr<const Spool> upload) override {
        std::string body(upload->size(), '\0');
        upload->read(0, body);
        co_return co_await save(std::move(body));
    }
    Task<Piece> find(std::int64_t pk, std::uint64_t offset) override {
        const std::function<Piece()> work = [&database = database_, pk, offset] {
            return database.find(pk, offset);
        };
        const auto start = [&](Done<Piece> done) {
            return database_.ask(work, std::move(done));
        };
        Elsewhere<Piece> result{loop_, start};
        co_return co_await result;
    }

  private:
    ScriptedDatabase& database_;
    EventLoop& loop_;
};

inline std::unique_ptr<Store> ScriptedDatabase::store_for(EventLoop& loop) {
    return std::make_unique<ScriptedStore>(*this, loop);
}

}  // namespace six::full::test
