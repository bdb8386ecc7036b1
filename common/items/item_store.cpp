// The database, see item_store.hpp. SQLite is a C library: the first half gives each of its
// objects an owner and turns its result codes into exceptions, the second half is the
// store.
#include "common/items/item_store.hpp"

#include <sqlite3.h>

#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "common/http/message.hpp"

namespace six {
namespace {

/// How long a call waits for a lock that another process holds on the file.
constexpr std::chrono::milliseconds lock_patience{1000};

constexpr const char* table = "items (pk INTEGER PRIMARY KEY, body BLOB NOT NULL)";

/// What SQLite refused, and why. Never leaves this file.
class Refusal : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
    explicit Refusal(sqlite3* connection) : std::runtime_error(reason(connection)) {}

  private:
    static std::string reason(sqlite3* connection) {
        const std::string text = sqlite3_errmsg(connection);
        if ((sqlite3_errcode(connection) & 0xff) != SQLITE_CANTOPEN) return text;
        const int error = sqlite3_system_errno(connection);
        return text + " (" + std::generic_category().message(error) + ")";
    }
};

struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

/// SQL that is compiled once and run many times.
class Statement {
  public:
    Statement(const Connection& connection, const char* sql)
        : connection_(connection.get()) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                 &statement, nullptr));
        statement_.reset(statement);
    }

    void bind(std::int64_t value) { check(sqlite3_bind_int64(statement_.get(), 1, value)); }
    /// Borrows the bytes until `run` is over.
    void bind(std::string_view bytes) {
        const char* begin = bytes.empty() ? "" : bytes.data();  // a null pointer means NULL
        check(sqlite3_bind_blob64(statement_.get(), 1, begin, bytes.size(), nullptr));
    }

    /// Blocks until it is done. Returns the first value of the first row, if there is a
    /// row.
    std::optional<std::string> run() {
        const Reset reset{statement_.get()};
        const int result = sqlite3_step(statement_.get());
        if (result == SQLITE_DONE) return std::nullopt;
        if (result != SQLITE_ROW) throw Refusal{connection_};
        const void* bytes = sqlite3_column_blob(statement_.get(), 0);
        const int size = sqlite3_column_bytes(statement_.get(), 0);
        if (size == 0) return std::string{};
        return std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }

  private:
    /// A statement that isn't reset holds its locks.
    struct Reset {
        sqlite3_stmt* statement;
        ~Reset() {
            sqlite3_reset(statement);
            sqlite3_clear_bindings(statement);
        }
    };

    void check(int result) const {
        if (result != SQLITE_OK) throw Refusal{connection_};
    }

    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Close> statement_;
};

std::optional<std::string> run(const Connection& connection, const char* sql) {
    return Statement{connection, sql}.run();
}

Connection connect(const std::string& file) {
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                          SQLITE_OPEN_NOMUTEX;  // the store has a mutex of its own
    sqlite3* opened = nullptr;
    const int result = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
    Connection connection{opened};  // there is one to close even when opening has failed
    if (result != SQLITE_OK) throw Refusal{opened};
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, static_cast<int>(lock_patience.count()));
    return connection;
}

/// Finds out now, not at the first request, that a file is of no use. Changes nothing in
/// it.
void examine(const Connection& connection) {
    if (sqlite3_db_readonly(connection.get(), "main") == 1)
        throw Refusal{"it is read-only"};
    const auto sql = run(connection, "SELECT sql FROM sqlite_schema WHERE name = 'items'");
    if (!sql) return;  // a new file
    if (*sql != std::string("CREATE TABLE ") + table)
        throw Refusal{"its table `items` belongs to another program"};
    (void)run(connection, "SELECT max(pk) FROM items");  // reads the newest page
}

Connection open(const ItemStore::Options& options) {
    Connection connection = connect(options.file);
    examine(connection);
    const bool full = options.durability == ItemStore::Durability::full;
    (void)run(connection, full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
    // macOS: an fsync() alone may leave the bytes in the drive's cache. Elsewhere a no-op.
    (void)run(connection, "PRAGMA fullfsync=ON");
    const auto mode = run(connection, "PRAGMA journal_mode=WAL");
    if (mode != "wal" && options.file != ":memory:")
        throw Refusal{"its file system can't hold a write-ahead log"};
    const std::string create = std::string("CREATE TABLE IF NOT EXISTS ") + table;
    (void)run(connection, create.c_str());
    return connection;
}

}  // namespace

/// The connection and its statements. All but `save_delay` are the mutex's.
struct ItemStore::Database {
    explicit Database(const Options& options)
        : save_delay(options.save_delay), connection(open(options)) {}

    /// Undone unless committed: whatever fails in between, the store lives on.
    struct Transaction {
        Database& database;
        explicit Transaction(Database& owner) : database(owner) {
            (void)database.begin.run();
        }
        ~Transaction() {
            sqlite3* handle = database.connection.get();
            const bool open = sqlite3_get_autocommit(handle) == 0;
            if (open) sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
        }
    };

    std::int64_t add(std::string_view body) {
        insert.bind(body);
        (void)insert.run();
        return sqlite3_last_insert_rowid(connection.get());
    }

    /// Calls `work` in a transaction, and returns what it returns once that is on the disk.
    template <class Work>
    auto commit_after(Work work) try {
        std::this_thread::sleep_for(save_delay);
        const std::lock_guard lock{mutex};
        const Transaction transaction{*this};
        auto result = work();
        (void)commit.run();
        return result;
    } catch (const Refusal& refusal) {
        throw http::Error(503,
                          std::string("the database can't save this: ") + refusal.what());
    }

    const std::chrono::milliseconds save_delay;
    std::mutex mutex;
    Connection connection;
    Statement begin{connection, "BEGIN IMMEDIATE"};
    Statement insert{connection, "INSERT INTO items (body) VALUES (?)"};
    Statement commit{connection, "COMMIT"};
    Statement select{connection, "SELECT body FROM items WHERE pk = ?"};
};

ItemStore::ItemStore(const Options& options) try
    : database_(std::make_unique<Database>(options)) {
} catch (const Refusal& refusal) {
    throw std::runtime_error("can't use the database " + options.file + ": " +
                             refusal.what());
}

ItemStore::~ItemStore() = default;

std::int64_t ItemStore::save(std::string_view body) {
    return database_->commit_after([&] { return database_->add(body); });
}

std::vector<std::int64_t> ItemStore::save_all(std::span<const std::string> bodies) {
    return database_->commit_after([&] {
        std::vector<std::int64_t> pks;
        pks.reserve(bodies.size());
        for (const std::string& body : bodies) pks.push_back(database_->add(body));
        return pks;
    });
}

std::optional<std::string> ItemStore::find(std::int64_t pk) try {
    const std::lock_guard lock{database_->mutex};
    database_->select.bind(pk);
    return database_->select.run();
} catch (const Refusal& refusal) {
    throw http::Error(503, std::string("the database can't find this: ") + refusal.what());
}

}  // namespace six
