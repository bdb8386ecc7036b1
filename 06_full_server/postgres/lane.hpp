// Where queries wait for a connection. Many requests share few connections: whoever has one
// that is free takes all queries that wait, and sends them together. Read before:
// committer.hpp, which does the same with threads. Read next: session.hpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "04_event_loop/outcome.hpp"
#include "05_coroutines/awaiters.hpp"
#include "05_coroutines/task.hpp"
#include "06_full_server/memory_budget.hpp"

namespace six::full {

class Lane;

/// A statement on its way to the database and back. Shared by the request that asks and the
/// connection that carries it, since either may give up first.
class PgQuery {
  public:
    enum class Kind : std::uint8_t { save, find };
    using Value = std::optional<std::string>;

    /// `memory` is borrowed.
    PgQuery(Kind kind_, std::string parameter_, MemoryBudget& memory)
        : kind(kind_), parameter(std::move(parameter_)), memory_(memory) {}

    /// Has so many bytes in all, until nobody has the query any more. False: all queries
    /// together have too many.
    [[nodiscard]] bool keep(std::size_t bytes) noexcept { return memory_.try_have(bytes); }

    /// Its request goes on in the loop's next turn. Only the first call counts.
    void finish(Outcome<Value> outcome);
    bool finished() const noexcept { return outcome_.has_value(); }

    /// Suspends until it is finished. Throws Cancelled: then, if no connection has taken it
    /// yet, none will.
    class Wait final : public LoopWait {
      public:
        Wait(EventLoop& loop, Lane& lane, std::shared_ptr<PgQuery> query);
        ~Wait() override;
        bool await_ready() const noexcept { return query_->finished(); }
        Value await_resume() const;

      private:
        friend class PgQuery;
        void arm() override { query_->waiting_ = this; }
        void disarm() noexcept override;
        void finished();

        Lane& lane_;
        std::shared_ptr<PgQuery> query_;
    };

    const Kind kind;
    const std::string parameter;  ///< in PostgreSQL's binary form
    bool sent = false;            ///< a connection has taken it

  private:
    MemoryBudget::Share memory_;
    std::optional<Outcome<Value>> outcome_;
    Wait* waiting_ = nullptr;
};

/// The queries that one loop's connections have not taken yet. Loop's thread only; must
/// outlive its tasks.
class Lane {
  public:
    using Batch = std::vector<std::shared_ptr<PgQuery>>;

    struct Limits {
        std::size_t queued;  ///< queries that may wait, on all loops; more are refused
        std::size_t batch;   ///< queries in one transaction
        Duration patience;   ///< from the question to the answer
    };

    /// `queued` counts for all loops, and so does `memory`, for what is queued or with the
    /// database. Both are borrowed.
    Lane(EventLoop& loop, const Limits& limits, std::atomic<std::size_t>& queued,
         MemoryBudget& memory)
        : loop_(loop), limits_(limits), queued_(queued), memory_(memory) {}
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// Suspends until the database has answered. Throws http::Error (503) when it refuses,
    /// when too many wait, when it is out of reach, and when the time is over.
    Task<PgQuery::Value> ask(PgQuery::Kind kind, std::string parameter);

    // --- for connections ---

    /// As long as it lives, there is one connection more.
    class Carrier {
      public:
        explicit Carrier(Lane& lane);
        ~Carrier() { --lane_.carriers_; }
        Carrier(const Carrier&) = delete;
        Carrier& operator=(const Carrier&) = delete;

      private:
        Lane& lane_;
    };
    /// Nobody carries: refuses all that wait, and all that come, until there is a Carrier.
    void give_up();
    bool has_carrier() const noexcept { return carriers_ > 0; }

    /// Suspends until a query waits or `fd` is readable. It may end for nothing. Throws
    /// Cancelled.
    class WorkWait final : public LoopWait {
      public:
        WorkWait(Lane& lane, int fd) noexcept
            : LoopWait(lane.loop_), lane_(lane), fd_(fd) {}
        ~WorkWait() override;
        bool await_ready() const noexcept { return !lane_.queue_.empty(); }
        void await_resume() const { throw_if_cancelled(); }

      private:
        friend class Lane;
        void arm() override;
        void disarm() noexcept override;
        void wake();

        Lane& lane_;
        int fd_;
        bool armed_ = false;
    };
    WorkWait work(int fd) noexcept { return WorkWait(*this, fd); }
    /// Takes those that have waited longest, not more than is good for one transaction: in
    /// the order in which they came, the finds before the saves.
    Batch take();

  private:
    friend class PgQuery::Wait;
    Task<PgQuery::Value> wait_for(std::shared_ptr<PgQuery> query);
    void push(const std::shared_ptr<PgQuery>& query);
    void remove(const PgQuery& query) noexcept;

    EventLoop& loop_;
    const Limits limits_;
    std::atomic<std::size_t>& queued_;
    MemoryBudget& memory_;
    std::deque<std::shared_ptr<PgQuery>> queue_;
    std::vector<WorkWait*> idle_;  // connections with nothing to do
    int carriers_ = 0;
    bool given_up_ = false;
};

}  // namespace six::full
