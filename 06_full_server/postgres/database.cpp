#include "06_full_server/postgres/database.hpp"

#include <libpq-fe.h>

#include <list>
#include <stdexcept>
#include <utility>

#include "02_threads/thread_pool.hpp"
#include "05_coroutines/sync_wait.hpp"
#include "05_coroutines/with_timeout.hpp"
#include "06_full_server/postgres/session.hpp"

namespace six::full {

namespace {

/// Steps of connections on their way in: there is room for one of each that there may be.
constexpr std::size_t connecting_at_once = 100'000;

/// The connections of one loop. One is for finds, so that they don't queue behind the
/// saves; if only one is there, it is for all.
class PostgresStore final : public Store {
  public:
    PostgresStore(EventLoop& loop, ThreadPool& connecting, const PostgresOptions& options,
                  PgCounts& counts, MemoryBudget& memory)
        : loop_(loop),
          saves_(loop, {options.queued, options.batch, options.patience},
                 counts.saves_queued, memory),
          finds_(loop, {options.queued, options.batch, options.patience},
                 counts.finds_queued, memory) {
        sessions_.emplace_back(loop, connecting, options, saves_, counts);
        for (int i = 1; i < options.connections; ++i)
            sessions_.emplace_back(loop, connecting, options, i == 1 ? finds_ : saves_,
                                   counts);
        // On the loop's thread, once it runs.
        start_ = loop.call_after(Duration::zero(), [this] {
            for (Session& session : sessions_) running_.spawn(session.run());
        });
    }
    ~PostgresStore() override { loop_.cancel(start_); }

    using Store::save;  // large items, which are refused
    Task<std::int64_t> save(std::string body) override {
        const auto pk = co_await first_with_carrier(saves_, finds_)
                            .ask(PgQuery::Kind::save, std::move(body));
        if (!pk) throw http::Error(503, "a trigger of the database's has dropped the item");
        co_return from_binary(*pk);
    }
    /// None is large.
    Task<std::optional<FoundItem>> find(std::int64_t pk) override {
        std::optional<std::string> item = co_await first_with_carrier(finds_, saves_)
                                              .ask(PgQuery::Kind::find, to_binary(pk));
        if (!item) co_return std::nullopt;
        const std::uint64_t size = item->size();
        co_return FoundItem{size, std::move(*item), nullptr};
    }

  private:
    /// PostgreSQL may have let only some connections in. As long as there is none, all
    /// wait in one lane: there is always one that it is for.
    Lane& first_with_carrier(Lane& best, Lane& other) noexcept {
        if (best.has_carrier()) return best;
        return other.has_carrier() ? other : saves_;
    }

    EventLoop& loop_;
    Lane saves_;
    Lane finds_;
    std::list<Session> sessions_;
    TimerId start_;
    TaskGroup running_;  // last: it ends before what its tasks use goes
};

class PostgresDatabase final : public Database {
  public:
    explicit PostgresDatabase(const PostgresOptions& options)
        : options_(options), memory_(options.bytes) {}

    std::unique_ptr<Store> store_for(EventLoop& loop) override {
        return std::make_unique<PostgresStore>(loop, connecting_, options_, counts_,
                                               memory_);
    }
    Figures figures() const override {
        return {counts_.saves_queued, counts_.commits, counts_.items, counts_.connections};
    }

  private:
    const PostgresOptions options_;
    PgCounts counts_;
    MemoryBudget memory_;
    // One thread, for all ask for the same name. Its end waits for a look-up under way.
    ThreadPool connecting_{1, connecting_at_once};
};

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

}  // namespace

std::string complaint_about(const std::string& address) {
    const std::size_t scheme = address.find("://");
    const std::string name = address.substr(0, scheme);
    if (scheme == std::string::npos || (name != "postgresql" && name != "postgres"))
        return "must begin with postgresql:// or postgres://";
    // libpq would take a part of such a password for a host's name, and tell everybody.
    const std::size_t at = address.rfind('@');
    if (at != std::string::npos && address.find_first_of("/?#@", scheme + 3) < at)
        return "has one of / ? # @ before an @: in a password, write %2F %3F %23 %40";
    const std::unique_ptr<PQconninfoOption, FreeOptions> parsed{
        PQconninfoParse(address.c_str(), nullptr)};
    return parsed ? "" : "is no address that libpq understands";
}

std::unique_ptr<Database> open_postgres(const PostgresOptions& options) {
    EventLoop loop;  // both for this only
    ThreadPool connecting{1, connecting_at_once};
    try {
        sync_wait(loop, with_timeout(loop, options.patience,
                                     open_session(loop, connecting, options, true)));
    } catch (const PgLost& lost) {
        throw std::runtime_error(std::string("can't use PostgreSQL: ") + lost.what());
    } catch (const TimedOut&) {
        throw std::runtime_error("can't use PostgreSQL: it does not answer");
    }
    return std::make_unique<PostgresDatabase>(options);
}

}  // namespace six::full
