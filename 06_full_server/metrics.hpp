// What the server counts of itself, for `GET /metrics` in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Read next: metrics.cpp,
// worker.cpp, where things are counted.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>

#include "04_event_loop/timers.hpp"
#include "06_full_server/database.hpp"
#include "06_full_server/memory_budget.hpp"

namespace six::full {

/// A number that one thread writes and any thread reads. Not a read-modify-write: with one
/// writer a plain load and store do, and cost as much as for an ordinary number. Who reads
/// it sees all that was counted before: no connection is closed that was not opened.
// #region count
class Count {
  public:
    void add(std::uint64_t more = 1) noexcept { set(value() + more); }
    void set(std::uint64_t value) noexcept {
        value_.store(value, std::memory_order_release);
    }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_acquire); }

  private:
    std::atomic<std::uint64_t> value_ = 0;
};
// #endregion

/// How long something took, each time: a histogram. Written on one thread; read on any.
struct Durations {
    static constexpr std::array bounds_us{
        500,     1'000,   2'500,   5'000,     10'000,    25'000,    50'000,
        100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000};

    void add(Duration duration) noexcept;

    std::array<Count, bounds_us.size() + 1> counts;  ///< by bound; the last: longer
    Count sum_ns;
};

/// What one loop counts. Written on its thread only; read on any.
class LoopMetrics {
  public:
    enum class Route : std::uint8_t { other, save_item, find_item, health, metrics };

    /// A request has its answer, which is about to be sent.
    void answered(Route route, int status) noexcept;

    Count connections_opened;
    Count connections_closed;
    Count connections_refused;
    Count bytes_received;
    Count bytes_sent;
    Durations requests;  ///< from the head of a request to the end of its answer
    Durations turns;     ///< of the loop, from one wait for events to the next

  private:
    friend class Metrics;
    static constexpr std::size_t routes = 5;
    static constexpr std::array statuses{200, 400, 404, 405, 408, 413, 414,
                                         417, 431, 500, 501, 503, 505};

    std::array<std::array<Count, statuses.size() + 1>, routes> answers_;  // last: other
};

/// Counts a connection as long as it lives.
class OpenConnection {
  public:
    explicit OpenConnection(LoopMetrics& metrics) : metrics_(metrics) {
        metrics_.connections_opened.add();
    }
    ~OpenConnection() { metrics_.connections_closed.add(); }
    OpenConnection(const OpenConnection&) = delete;
    OpenConnection& operator=(const OpenConnection&) = delete;

  private:
    LoopMetrics& metrics_;
};

/// The figures of all loops together.
class Metrics {
  public:
    /// Before the loops run. The reference stays valid.
    LoopMetrics& add_loop() { return loops_.emplace_back(); }
    std::list<LoopMetrics>& loops() { return loops_; }
    /// All figures as text. On any thread; each number is as its loop wrote it last.
    std::string text(const Database::Figures& database, const MemoryBudget& memory) const;

  private:
    std::list<LoopMetrics> loops_;
};

}  // namespace six::full
