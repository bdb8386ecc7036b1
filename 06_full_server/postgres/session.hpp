// What a connection does all day: it takes the queries that wait in a lane, and carries
// them to the database and back. Read before: connection.hpp, lane.hpp. Read next:
// database.cpp.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "06_full_server/postgres/connection.hpp"
#include "06_full_server/postgres/database.hpp"
#include "06_full_server/postgres/lane.hpp"

namespace six::full {

/// What all loops count. Any thread.
struct PgCounts {
    std::atomic<std::size_t> saves_queued = 0;
    std::atomic<std::size_t> finds_queued = 0;
    std::atomic<std::uint64_t> commits = 0;
    std::atomic<std::uint64_t> items = 0;
    std::atomic<std::size_t> connections = 0;  // that are there
    std::atomic<bool> out_of_reach = false;    // and somebody has said so
};

/// Connects, and prepares the statements of this connection; creates the table first, if
/// `create_table`. Suspends until that is done. Throws as `connect` does, and PgLost also
/// when the database refuses.
Task<PgConnection> open_session(EventLoop& loop, ThreadPool& connecting,
                                const PostgresOptions& options, bool create_table);

/// How long to pause before the next attempt: twice as long each time, and never quite the
/// same, lest all servers come back at the same moment.
class Backoff {
  public:
    static constexpr std::chrono::milliseconds first{50};
    static constexpr std::chrono::milliseconds longest{2'000};

    /// Between half and the whole of it.
    Duration next();
    void reset() { pause_ = first; }

  private:
    std::chrono::milliseconds pause_ = first;
    std::minstd_rand random_{std::random_device{}()};
};

/// One connection that always comes back. Loop's thread only; all is borrowed.
class Session {
  public:
    Session(EventLoop& loop, ThreadPool& connecting, const PostgresOptions& options,
            Lane& lane, PgCounts& counts)
        : loop_(loop),
          connecting_(connecting),
          options_(options),
          lane_(lane),
          counts_(counts) {}

    /// Connects, carries, and begins again when the connection is lost or can't be had: for
    /// ever. Throws Cancelled.
    Task<void> run();

  private:
    Task<void> connect_and_serve();
    Task<void> carry(PgConnection& connection, const Lane::Batch& batch);
    Task<std::optional<PgResult>> attempt(PgConnection& connection,
                                          const Lane::Batch& batch);
    Task<std::vector<PgQuery::Value>> answers(PgConnection& connection,
                                              const Lane::Batch& batch,
                                              std::optional<PgResult>& refused);
    void found();
    void lost(const std::string& why);
    void finish(const Lane::Batch& batch, std::vector<PgQuery::Value>& values);

    EventLoop& loop_;
    ThreadPool& connecting_;
    const PostgresOptions& options_;
    Lane& lane_;
    PgCounts& counts_;
    Backoff backoff_;
    bool was_connected_ = false;
};

}  // namespace six::full
