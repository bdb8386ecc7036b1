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

    void finish_oldest(bool well) {
        if (!asked()) return;
        const auto finish = std::move(waiting_.front());
        waiting_.pop_front();
        finish(well);
    }

    template <class T>
    Task<T> ask(EventLoop& loop, std::function<T()> work) {
        const auto start = [&](Done<T> done) { return ask(work, std::move(done)); };
        Elsewhere<T> result{loop, start};
        co_return co_await result;
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
    std::optional<std::string> find(std::int64_t pk) const {
        const auto index = static_cast<std::uint64_t>(pk - 1);
        if (index >= items.size()) return std::nullopt;
        return items[index];
    }

    std::deque<std::function<void(bool)>> waiting_;
};

class ScriptedDatabase::ScriptedStore final : public Store {
  public:
    ScriptedStore(ScriptedDatabase& database, EventLoop& loop)
        : database_(database), loop_(loop) {}

    Task<std::int64_t> save(std::string body) override {
        return database_.ask<std::int64_t>(
            loop_, [&database = database_, body] { return database.save(body); });
    }
    Task<std::int64_t> save(std::shared_ptr<const Spool> upload) override {
        std::string body(upload->size(), '\0');
        upload->read(0, body);
        co_return co_await save(std::move(body));
    }
    Task<std::optional<FoundItem>> find(std::int64_t pk) override {
        const std::function<std::optional<std::string>()> work =
            [&database = database_, pk] { return database.find(pk); };
        auto item = co_await database_.ask(loop_, work);
        if (!item) co_return std::nullopt;
        const std::uint64_t size = item->size();
        if (size <= piece_bytes) co_return FoundItem{size, std::move(*item), nullptr};
        auto large = std::make_unique<Pieces>(database_, loop_, std::move(*item));
        co_return FoundItem{size, {}, std::move(large)};
    }

  private:
    /// Each piece is asked for.
    class Pieces final : public LargeItem {
      public:
        Pieces(ScriptedDatabase& database, EventLoop& loop, std::string item)
            : database_(database), loop_(loop), left_(std::move(item)) {}
        Task<std::string> next_piece() override {
            const std::string piece = left_.substr(0, piece_bytes);
            const std::function<std::string()> work = [piece] { return piece; };
            co_await database_.ask(loop_, work);
            left_.erase(0, piece.size());
            co_return piece;
        }

      private:
        ScriptedDatabase& database_;
        EventLoop& loop_;
        std::string left_;
    };

    ScriptedDatabase& database_;
    EventLoop& loop_;
};

inline std::unique_ptr<Store> ScriptedDatabase::store_for(EventLoop& loop) {
    return std::make_unique<ScriptedStore>(*this, loop);
}

}  // namespace six::full::test
