#include "06_full_server/postgres/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "05_coroutines/with_timeout.hpp"
#include "common/report.hpp"

namespace six::full {

namespace {

constexpr const char* table =
    "items (pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)";

/// What finds may bring in one turn of the loop.
constexpr std::size_t turn_bytes = 1024 * 1024;

/// Looks first: who may only read and write the table may not have the right to create one.
/// The lock is for two servers that start at the same time.
std::string create_if_missing() {
    return std::string(
               "DO $$ BEGIN IF to_regclass('items') IS NULL THEN "
               "PERFORM pg_advisory_xact_lock(6); CREATE TABLE IF NOT EXISTS ") +
           table + "; END IF; END $$";
}

/// The database's own time limit is a little shorter than ours: then we know that nothing
/// was saved.
std::string session_settings(const PostgresOptions& options) {
    return "SELECT set_config('statement_timeout', '" +
           std::to_string(std::max<std::int64_t>(1, options.patience.count() * 9 / 10)) +
           "', false), set_config('synchronous_commit', CASE "
           "current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE "
           "current_setting('synchronous_commit') END, false)";
}

const char* statement_for(PgQuery::Kind kind) {
    return kind == PgQuery::Kind::save ? "save" : "find";
}

bool has_saves(const Lane::Batch& batch) {
    return std::ranges::any_of(
        batch, [](const auto& query) { return query->kind == PgQuery::Kind::save; });
}

/// Reads what came of one statement. The first refusal stays in `refused`.
Task<PgQuery::Value> one_answer(PgConnection& connection,
                                std::optional<PgResult>& refused) {
    PgQuery::Value value;
    while (true) {
        PgResult result = co_await connection.result();
        if (!result) co_return value;
        if (!result.failed())
            value = result.value();
        else if (!refused)
            refused = std::move(result);
    }
}

/// Ends the transaction. It may still be refused.
Task<void> commit(PgConnection& connection, std::optional<PgResult>& refused) {
    while (true) {
        PgResult result = co_await connection.result();
        if (result.is_end_of_transaction()) co_return;
        if (!result) connection.throw_if_lost();
        if (result && result.failed() && !refused) refused = std::move(result);
    }
}

/// True: it may be about one row: its bytes (classes 20 to 23, 44), code of a trigger's
/// (38, 39, P0), its size (54), or one that is broken (XX). False: the disk, a standby, a
/// lock, a time limit: any other row would have met the same. Source: "PostgreSQL Error
/// Codes".
bool may_blame_row(const PgResult& refused) {
    constexpr std::array classes{"20", "21", "22", "23", "38",
                                 "39", "44", "54", "P0", "XX"};
    return std::ranges::count(classes, refused.sql_state().substr(0, 2)) > 0;
}

/// The clients are told that it is so, the log why.
void refuse(const Lane::Batch& batch, const PgResult& refused) {
    report("PostgreSQL refuses: " + refused.error() + " (" +
           std::string(refused.sql_state()) + ")");
    for (const auto& query : batch)
        query->finish({http::Error(503, query->kind == PgQuery::Kind::save
                                            ? "the database can't save this"
                                            : "the database can't find this"),
                       {}});
}

/// However we leave, nobody is forgotten.
class Unanswered {
  public:
    explicit Unanswered(const Lane::Batch& batch) : batch_(batch) {}
    ~Unanswered() {
        for (const auto& query : batch_)
            query->finish({http::Error(503, query->kind == PgQuery::Kind::save
                                                ? "the database went away before it "
                                                  "answered: perhaps this is saved"
                                                : "the database went away"),
                           {}});
    }
    Unanswered(const Unanswered&) = delete;
    Unanswered& operator=(const Unanswered&) = delete;

  private:
    const Lane::Batch& batch_;
};

}  // namespace

Task<PgConnection> open_session(EventLoop& loop, ThreadPool& connecting,
                                const PostgresOptions& options, bool create_table) {
    PgConnection connection =
        co_await PgConnection::connect(loop, connecting, options.address);
    int statements = 3;
    if (create_table) {
        connection.run(create_if_missing());
        ++statements;
    }
    connection.run(session_settings(options));
    connection.prepare("save", "INSERT INTO items (body) VALUES ($1::bytea) RETURNING pk");
    connection.prepare("find", "SELECT body FROM items WHERE pk = $1::bigint");
    if (options.save_delay.count() > 0) {
        connection.prepare("delay", "SELECT pg_sleep($1::bigint / 1000.0)");
        ++statements;
    }
    connection.end_transaction();

    std::optional<PgResult> refused;
    for (int i = 0; i < statements; ++i) co_await one_answer(connection, refused);
    co_await commit(connection, refused);
    if (refused) throw PgLost(refused->error());
    co_return connection;
}

Duration Backoff::next() {
    std::uniform_int_distribution<std::int64_t> between(pause_.count() / 2, pause_.count());
    const std::chrono::milliseconds pause{between(random_)};
    pause_ = std::min(pause_ * 2, longest);
    return pause;
}

// #region session
Task<void> Session::run() {
    while (true) {
        try {
            co_await connect_and_serve();
        } catch (const TimedOut&) {
            lost("it does not answer");
        } catch (const std::runtime_error& reason) {
            lost(reason.what());  // PgLost, or the system has no descriptor for us
        }
        co_await sleep_for(loop_, backoff_.next());
    }
}

Task<void> Session::connect_and_serve() {
    PgConnection connection = co_await with_timeout(
        loop_, options_.patience, open_session(loop_, connecting_, options_, false));
    const Lane::Carrier carrier{lane_};
    found();
    while (true) {
        co_await lane_.work(connection.fd());
        connection.listen();  // is it still there? Else nothing is taken, nothing is sent
        const Lane::Batch batch = lane_.take();
        if (batch.empty()) continue;
        const Unanswered unanswered{batch};
        // Who asked has given up by then.
        co_await with_timeout(loop_, options_.patience, carry(connection, batch));
    }
}
// #endregion

// One line for each time that it goes or comes, whatever the number of connections.
void Session::found() {
    backoff_.reset();
    was_connected_ = true;
    ++counts_.connections;
    if (counts_.out_of_reach.exchange(false)) report("PostgreSQL is back");
}

void Session::lost(const std::string& why) {
    const bool first_failure = std::exchange(was_connected_, false);
    if (first_failure) --counts_.connections;
    if (lane_.has_carrier()) return;  // another one carries on
    if (!counts_.out_of_reach.exchange(true)) report("PostgreSQL is out of reach: " + why);
    // The first time is no reason to refuse anybody: the next attempt comes at once.
    if (!first_failure) lane_.give_up();
}

// #region carry
Task<void> Session::carry(PgConnection& connection, const Lane::Batch& batch) {
    std::optional<PgResult> refused = co_await attempt(connection, batch);
    if (!refused) co_return;
    if (batch.size() == 1 || !may_blame_row(*refused)) {
        refuse(batch, *refused);
        co_return;
    }
    for (const auto& query : batch) {  // one bad row must not fail the others
        if (query->finished()) continue;
        const Lane::Batch alone{query};
        refused = co_await attempt(connection, alone);
        if (refused) refuse(may_blame_row(*refused) ? alone : batch, *refused);
    }
}

/// One transaction. Gives why the database has undone it, and then its saves are not
/// finished; empty: it is on the disk.
Task<std::optional<PgResult>> Session::attempt(PgConnection& connection,
                                               const Lane::Batch& batch) {
    const bool slowly = options_.save_delay.count() > 0 && has_saves(batch);
    if (slowly) connection.run_prepared("delay", to_binary(options_.save_delay.count()));
    for (const auto& query : batch)
        connection.run_prepared(statement_for(query->kind), query->parameter);
    connection.end_transaction();

    std::optional<PgResult> refused;
    if (slowly) co_await one_answer(connection, refused);
    std::vector<PgQuery::Value> values = co_await answers(connection, batch, refused);
    co_await commit(connection, refused);  // before that, nothing is certain

    if (refused) co_return refused;
    finish(batch, values);
    co_return std::nullopt;
}

/// What came of each query. A find needs no commit, and may be large: so it is finished at
/// once. After some of them their requests have a turn, to take what they got or to be
/// refused the memory, before more is read.
Task<std::vector<PgQuery::Value>> Session::answers(PgConnection& connection,
                                                   const Lane::Batch& batch,
                                                   std::optional<PgResult>& refused) {
    std::vector<PgQuery::Value> values(batch.size());
    std::size_t found_bytes = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        values[i] = co_await one_answer(connection, refused);
        if (refused || batch[i]->kind == PgQuery::Kind::save) continue;
        found_bytes += values[i] ? values[i]->size() : 0;
        batch[i]->finish({{}, std::move(values[i])});
        if (found_bytes < turn_bytes) continue;
        co_await sleep_for(loop_, Duration::zero());
        found_bytes = 0;
    }
    co_return values;
}
// #endregion

/// The transaction is committed: to each query its value.
void Session::finish(const Lane::Batch& batch, std::vector<PgQuery::Value>& values) {
    std::size_t saved = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        // A trigger may drop an item without a word: then there is no number.
        if (batch[i]->kind == PgQuery::Kind::save && values[i]) ++saved;
        batch[i]->finish({{}, std::move(values[i])});
    }
    if (saved == 0) return;
    ++counts_.commits;
    counts_.items += saved;
}

}  // namespace six::full
