// libpq on our loop: PostgreSQL's own C library, which can block in every call, used so
// that it doesn't. libpq reads and writes its socket itself; we only tell it when, and a
// task waits meanwhile. Read before: 05's awaiters.hpp. Read next: connection.cpp,
// lane.hpp. Source: https://www.postgresql.org/docs/15/libpq-async.html and
// libpq-pipeline-mode.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "02_threads/thread_pool.hpp"
#include "05_coroutines/async_socket.hpp"
#include "05_coroutines/task.hpp"

struct pg_conn;    // libpq's PGconn
struct pg_result;  // libpq's PGresult

namespace six::full {

/// There is no connection (any more). What was sent and not answered may or may not have
/// been done. The message is libpq's; it never has the password in it.
class PgLost : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A bigint in PostgreSQL's binary form: eight bytes, the highest first.
std::string to_binary(std::int64_t number);
std::int64_t from_binary(std::string_view bytes);

/// What the database says to one statement.
class PgResult {
  public:
    explicit PgResult(pg_result* result) : result_(result) {}

    /// False: the end of a statement's results.
    explicit operator bool() const noexcept { return result_ != nullptr; }
    /// The answer to `end_transaction`.
    bool is_end_of_transaction() const;
    /// The database has refused the statement, or skipped it since it refused one before.
    bool failed() const;
    /// Why, in one line; and the five characters of its SQLSTATE ("PostgreSQL Error
    /// Codes").
    std::string error() const;
    std::string_view sql_state() const;
    /// The bytes of the first value of the first row. Empty: there is no row.
    std::optional<std::string> value() const;

  private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

/// A connection to PostgreSQL, in pipeline mode: any number of statements go out before the
/// first answer comes in. Loop's thread only; one task at a time. Move-only.
class PgConnection {
  public:
    /// Suspends until the server has let us in. Throws PgLost, Cancelled, http::Error when
    /// the pool's queue is full. There is no time limit in it: see with_timeout.hpp.
    ///
    /// On the way in libpq can block, above all in getaddrinfo(3) for a host's name: so
    /// each of its steps is a job of the pool's. That job can't be cut short; but nobody
    /// waits for it any more once we are cancelled. The loop must outlive the pool.
    static Task<PgConnection> connect(EventLoop& loop, ThreadPool& pool,
                                      std::string address);

    // --- statements. Nothing is sent before `result` is awaited; all throw PgLost. ---

    /// Text of SQL; for later use under a name.
    void prepare(const char* name, const std::string& sql);
    /// Text of SQL.
    void run(const std::string& sql);
    /// A statement that was prepared, with one parameter: in PostgreSQL's binary form, as
    /// its result will be. Copies it.
    void run_prepared(const char* name, std::string_view parameter);
    /// What has been run since the last one becomes one transaction: all or nothing.
    void end_transaction();

    /// Suspends until the next result is here: for each statement its results and then an
    /// empty one, for each `end_transaction` one. Throws PgLost, Cancelled.
    Task<PgResult> result();

    /// Takes in what the server says unasked. Throws PgLost if that is goodbye. Never
    /// blocks.
    void listen();
    /// For those who get empty results only: a connection that is gone has no others.
    void throw_if_lost() const;
    /// To wait for what the server says unasked. Borrowed.
    int fd() const noexcept { return fd_.get(); }

  private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    using Handle = std::unique_ptr<pg_conn, Finish>;
    struct Attempt;  // to connect. The loop's thread has it, or the pool's, never both

    PgConnection(EventLoop& loop, Handle connection);
    static WatchedFd watch(EventLoop& loop, const Handle& connection);
    void check(int succeeded) const;
    bool flush();
    bool read();

    Handle connection_;
    WatchedFd fd_;  // a second descriptor for libpq's socket: see `watch`
    bool ended_ = false;
};

}  // namespace six::full
