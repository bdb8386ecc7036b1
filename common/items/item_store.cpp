// The database, see item_store.hpp. Read before: sqlite.hpp.
#include "common/items/item_store.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "common/http/message.hpp"
#include "common/items/sqlite.hpp"
#include "common/report.hpp"

namespace six {

using namespace sqlite;

namespace {

constexpr const char* table = "items (pk INTEGER PRIMARY KEY, body BLOB NOT NULL)";

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

bool exists(const Connection& connection, std::int64_t pk) {
    Statement statement{connection, "SELECT 1 FROM items WHERE pk = ?"};
    statement.bind(pk);
    return statement.run().has_value();
}

/// All that a client is told is that it is so; why, is for `report`.
[[noreturn]] void refuse_find(const std::string& file, const Refusal& refusal) {
    report("can't find in " + file + ": " + refusal.what());
    throw http::Error(503, "the database can't find this");
}

}  // namespace

/// The connections and their statements.
struct ItemStore::Database {
    /// All that a client is told: why, is for `report`.
    static constexpr const char* cannot_save = "the database can't save this";
    /// In one statement, rows cost SQLite 3,000 instructions each; by themselves, 4,900.
    static constexpr int rows = 8;

    explicit Database(const Options& options)
        : file(options.file),
          save_delay(options.save_delay),
          connection(open(options)),
          own_reading(another_connection()) {}

    /// One more to the same file. None to ":memory:", which has but one.
    Connection another_connection() const {
        return file == ":memory:" ? nullptr : connect(file);
    }

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

    std::vector<std::int64_t> add_all(std::span<const std::string_view> bodies) {
        std::vector<std::int64_t> pks;
        pks.reserve(bodies.size());
        while (pks.size() < bodies.size()) {
            const auto left = bodies.subspan(pks.size());
            if (pks.empty() || left.size() < rows)
                pks.push_back(add(left.front()));
            else
                add_rows(left.first<rows>(), pks);
        }
        return pks;
    }

    /// Their ids count on from the last one. In a table that has the highest possible id
    /// they don't: then none is saved, and each may be tried by itself.
    void add_rows(std::span<const std::string_view, rows> bodies,
                  std::vector<std::int64_t>& pks) {
        for (int i = 0; const std::string_view body : bodies) insert_rows.bind(body, ++i);
        (void)insert_rows.run();
        const std::int64_t last = sqlite3_last_insert_rowid(connection.get());
        if (last - pks.back() != rows) throw Refusal{"the ids don't count on"};
        while (pks.back() != last) pks.push_back(pks.back() + 1);
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
        report("can't save in " + file + ": " + refusal.what());
        if (refusal.blames_database()) throw Unavailable(503, cannot_save);
        throw http::Error(503, cannot_save);
    }

    /// Makes room for an item of so many bytes, then fills it piece by piece.
    std::int64_t add(std::uint64_t bytes, const Source& source) {
        insert_zeros.bind(static_cast<std::int64_t>(bytes));
        (void)insert_zeros.run();
        const std::int64_t pk = sqlite3_last_insert_rowid(connection.get());
        Blob blob{connection, pk, Blob::Access::write};
        std::vector<char> buffer(std::min<std::uint64_t>(bytes, piece_bytes));
        for (std::size_t offset = 0; offset < bytes; offset += buffer.size()) {
            buffer.resize(std::min<std::uint64_t>(buffer.size(), bytes - offset));
            source(offset, buffer);
            blob.write(offset, buffer);
        }
        return pk;
    }

    /// Under its mutex.
    const Connection& copying() {
        if (!own_copying) own_copying = another_connection();
        return own_copying ? own_copying : connection;
    }

    std::optional<std::string> find(Statement& statement, std::int64_t pk) {
        const std::lock_guard lock{reading_mutex};
        statement.bind(pk);
        return statement.run();
    }

    const std::string file;
    const std::chrono::milliseconds save_delay;
    std::mutex mutex;
    Connection connection;
    Statement begin{connection, "BEGIN IMMEDIATE"};
    Statement insert{connection, "INSERT INTO items (body) VALUES (?)"};
    // If one row is refused, so are all: nothing is kept to undo this statement alone.
    Statement insert_rows{connection,
                          "INSERT OR ROLLBACK INTO items (body) VALUES (?), (?), (?), (?), "
                          "(?), (?), (?), (?)"};
    Statement insert_zeros{connection, "INSERT INTO items (body) VALUES (zeroblob(?))"};
    Statement commit{connection, "COMMIT"};

    // Who only reads needs not wait for those who write: so says WAL. But what is in memory
    // has one connection.
    std::mutex own_mutex;
    Connection own_reading;
    std::mutex& reading_mutex = own_reading ? own_mutex : mutex;
    const Connection& reading = own_reading ? own_reading : connection;
    // A third one, for as long as a copy takes, sees all as it was when the copy began. The
    // first copy opens it.
    std::mutex own_copying_mutex;
    Connection own_copying;
    std::mutex& copying_mutex = own_reading ? own_copying_mutex : mutex;
    Statement select{reading, "SELECT body FROM items WHERE pk = ?"};
    const std::string if_small = " AND length(body) <= " + std::to_string(small_bytes);
    Statement select_small{reading,
                           ("SELECT body FROM items WHERE pk = ?" + if_small).c_str()};
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

std::vector<std::int64_t> ItemStore::save_all(std::span<const std::string_view> bodies) {
    return database_->commit_after([&] { return database_->add_all(bodies); });
}

std::int64_t ItemStore::save(std::uint64_t bytes, const Source& source) {
    return database_->commit_after([&] { return database_->add(bytes, source); });
}

std::optional<std::string> ItemStore::find(std::int64_t pk) try {
    return database_->find(database_->select, pk);
} catch (const Refusal& refusal) {
    refuse_find(database_->file, refusal);
}

std::optional<ItemStore::Found> ItemStore::look_up(std::int64_t pk) try {
    Database& database = *database_;
    if (auto bytes = database.find(database.select_small, pk)) {
        const std::uint64_t size = bytes->size();
        return Found{size, std::move(*bytes)};
    }
    const std::lock_guard lock{database.reading_mutex};
    if (!exists(database.reading, pk)) return std::nullopt;
    return Found{Blob{database.reading, pk, Blob::Access::read}.size(), {}};
} catch (const Refusal& refusal) {
    refuse_find(database_->file, refusal);
}

void ItemStore::get_ready_to_copy() try {
    const std::lock_guard lock{database_->copying_mutex};
    (void)exists(database_->copying(), 0);  // opens the log, too
} catch (const Refusal& refusal) {
    refuse_find(database_->file, refusal);
}

// To find the middle of a blob SQLite follows a chain of pages from its beginning. What is
// open knows how far it has come; what is opened anew for each piece takes a time that
// grows with the square of the size.
void ItemStore::copy(std::int64_t pk, const Sink& sink) try {
    Database& database = *database_;
    const std::lock_guard lock{database.copying_mutex};
    const Connection& connection = database.copying();
    if (!exists(connection, pk)) throw http::Error(404, "there is no such item");
    const Blob blob{connection, pk, Blob::Access::read};
    std::string piece;
    for (std::size_t offset = 0; offset < blob.size(); offset += piece.size()) {
        piece.resize(std::min(blob.size() - offset, piece_bytes));
        blob.read(offset, piece);
        sink(piece);
    }
} catch (const Refusal& refusal) {
    refuse_find(database_->file, refusal);
}

}  // namespace six
