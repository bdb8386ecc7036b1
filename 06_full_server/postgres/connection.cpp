#include "06_full_server/postgres/connection.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "06_full_server/elsewhere.hpp"

namespace six::full {

namespace {

/// Suspends until a descriptor can be read or written, whichever is first. It may end for
/// nothing.
class EitherWait final : public LoopWait {
  public:
    EitherWait(EventLoop& loop, int fd) noexcept : LoopWait(loop), fd_(fd) {}
    ~EitherWait() override {
        if (armed_) disarm();
    }
    bool await_ready() const noexcept { return false; }
    void await_resume() const { throw_if_cancelled(); }

  private:
    void arm() override {
        const auto ready = [this] {
            disarm();
            resume();
        };
        loop_.when_readable(fd_, ready);
        loop_.when_writable(fd_, ready);
        armed_ = true;
    }
    void disarm() noexcept override {
        armed_ = false;
        loop_.cancel_readable(fd_);
        loop_.cancel_writable(fd_);
    }
    int fd_;
    bool armed_ = false;
};

/// libpq's messages have several lines, and end with a line break.
std::string in_one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (char& character : text)
        if (character == '\n' || character == '\t') character = ' ';
    return text;
}

std::string error_of(const pg_conn* connection) {
    return in_one_line(PQerrorMessage(connection));
}

// It would print notices on stderr, in several lines, and at any time.
void be_silent(void*, const PGresult*) {}

}  // namespace

std::string to_binary(std::int64_t number) {
    std::string bytes(sizeof number, '\0');
    auto left = static_cast<std::uint64_t>(number);
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, left >>= 8)
        *byte = static_cast<char>(left & 0xff);
    return bytes;
}

std::int64_t from_binary(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(number);
}

// --- PgResult ---

void PgResult::Clear::operator()(pg_result* result) const {
    PQclear(result);
}

bool PgResult::is_end_of_transaction() const {
    return PQresultStatus(result_.get()) == PGRES_PIPELINE_SYNC;
}

bool PgResult::failed() const {
    const ExecStatusType status = PQresultStatus(result_.get());
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
           status != PGRES_PIPELINE_SYNC;
}

std::string PgResult::error() const {
    const char* const text = PQresultErrorField(result_.get(), PG_DIAG_MESSAGE_PRIMARY);
    return text ? in_one_line(text) : "no reason given";
}

std::string_view PgResult::sql_state() const {
    const char* const state = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    return state ? state : "";
}

std::optional<std::string> PgResult::value() const {
    const pg_result* const result = result_.get();
    if (PQntuples(result) == 0) return std::nullopt;
    return std::string(PQgetvalue(result, 0, 0),
                       static_cast<std::size_t>(PQgetlength(result, 0, 0)));
}

// --- PgConnection: its life ---

void PgConnection::Finish::operator()(pg_conn* connection) const {
    PQfinish(connection);  // says goodbye if the socket takes it; never waits
}

PgConnection::PgConnection(EventLoop& loop, Handle connection)
    : connection_(std::move(connection)), fd_(watch(loop, connection_)) {
    const bool ready = PQsetnonblocking(connection_.get(), 1) == 0 &&
                       PQenterPipelineMode(connection_.get()) == 1;
    if (!ready) throw PgLost(error_of(connection_.get()));
}

// #region watch
/// The loop has to forget a descriptor before it is closed. But libpq closes its socket
/// whenever it finds it broken, and tells nobody; then the number may belong to the next
/// client. So the loop watches a duplicate, which is ours and is closed when we say so.
WatchedFd PgConnection::watch(EventLoop& loop, const Handle& connection) {
    UniqueFd duplicate{::fcntl(PQsocket(connection.get()), F_DUPFD_CLOEXEC, 0)};
    if (!duplicate) throw PgLost(std::generic_category().message(errno));
    return {loop, std::move(duplicate)};
}
// #endregion

struct PgConnection::Attempt {
    /// Goes on as far as it can without waiting for the server, and tells what it would
    /// wait for. Blocks all the same: for a name's address, of each host that it tries, for
    /// a Kerberos ticket, for the files that hold a password or a certificate.
    PostgresPollingStatusType step() {
        if (connection) return PQconnectPoll(connection.get());
        connection.reset(PQconnectStart(address.c_str()));
        PQsetNoticeReceiver(connection.get(), be_silent, nullptr);
        return PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED
                                                            : PGRES_POLLING_WRITING;
    }

    const std::string address;
    Handle connection = {};
};

// #region connect
Task<PgConnection> PgConnection::connect(EventLoop& loop, ThreadPool& pool,
                                         std::string address) {
    const auto attempt = std::make_shared<Attempt>(Attempt{std::move(address)});
    while (true) {
        // If nobody waits any more when it is its turn, there is nothing to do.
        auto step = [wanted = std::weak_ptr(attempt)] {
            const auto still = wanted.lock();
            return still ? still->step() : PGRES_POLLING_FAILED;
        };
        const auto wants = co_await run_elsewhere(pool, loop, std::move(step));
        if (wants == PGRES_POLLING_OK) break;
        if (wants == PGRES_POLLING_FAILED)
            throw PgLost(error_of(attempt->connection.get()));
        // Anew each time: libpq tries one address after another, each with a new socket.
        // And what is ready already is reported when the watch begins, so it doesn't matter
        // how much libpq has read before.
        const WatchedFd fd = watch(loop, attempt->connection);
        if (wants == PGRES_POLLING_READING)
            co_await readable(loop, fd.get());
        else
            co_await writable(loop, fd.get());
    }
    co_return PgConnection(loop, std::move(attempt->connection));
}
// #endregion

// --- statements ---

void PgConnection::check(int succeeded) const {
    if (succeeded != 1) throw PgLost(error_of(connection_.get()));
}

void PgConnection::prepare(const char* name, const std::string& sql) {
    check(PQsendPrepare(connection_.get(), name, sql.c_str(), 0, nullptr));
}

void PgConnection::run(const std::string& sql) {
    constexpr int as_text = 0;
    check(PQsendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr,
                            nullptr, as_text));
}

void PgConnection::run_prepared(const char* name, std::string_view parameter) {
    constexpr int binary = 1;
    const char* const value = parameter.empty() ? "" : parameter.data();  // null: NULL
    const int length = static_cast<int>(parameter.size());
    check(
        PQsendQueryPrepared(connection_.get(), name, 1, &value, &length, &binary, binary));
}

void PgConnection::end_transaction() {
    check(PQpipelineSync(connection_.get()));
}

// --- waiting ---

// #region result
Task<PgResult> PgConnection::result() {
    // PQgetResult waits for the server, if it has to: so it must not have to.
    while (PQisBusy(connection_.get())) {
        const bool all_sent = flush();
        const bool more = read();
        if (!PQisBusy(connection_.get())) break;
        if (ended_) throw PgLost(error_of(connection_.get()));
        if (more) continue;
        if (all_sent)
            co_await readable(fd_.loop(), fd_.get());
        else  // for reading, too: the server may take no more until we have read
            co_await EitherWait(fd_.loop(), fd_.get());
    }
    co_return PgResult{PQgetResult(connection_.get())};
}
// #endregion

/// True if the kernel has taken all. (If not, libpq may have read something, too.)
bool PgConnection::flush() {
    const int left = PQflush(connection_.get());
    if (left < 0) ended_ = true;
    return left <= 0;
}

// #region read
/// libpq reads what it likes, and doesn't say whether there was more. But our poller tells
/// only of changes: what is left in the kernel when we wait, nobody tells us of. So look.
/// True: there is more. Read on only if this isn't enough for a result: libpq would keep
/// all of it in memory. While it waits in the kernel, so does the server.
bool PgConnection::read() {
    if (PQconsumeInput(connection_.get()) == 0) ended_ = true;
    pollfd left{fd_.get(), POLLIN, 0};
    return !ended_ && ::poll(&left, 1, 0) > 0;
}
// #endregion

void PgConnection::listen() {
    while (read()) {}
    (void)PQisBusy(connection_.get());  // parses it
    throw_if_lost();
}

void PgConnection::throw_if_lost() const {
    if (ended_ || PQstatus(connection_.get()) == CONNECTION_BAD)
        throw PgLost(error_of(connection_.get()));
}

}  // namespace six::full
