#include "common/items/sqlite.hpp"

#include <chrono>
#include <system_error>

namespace six::sqlite {
namespace {

constexpr std::chrono::milliseconds lock_patience{1000};

std::string reason(sqlite3* connection) {
    const std::string text = sqlite3_errmsg(connection);
    if ((sqlite3_errcode(connection) & 0xff) != SQLITE_CANTOPEN) return text;
    const int error = sqlite3_system_errno(connection);
    return text + " (" + std::generic_category().message(error) + ")";
}

/// A statement that isn't reset holds its locks.
struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};

}  // namespace

Refusal::Refusal(sqlite3* connection)
    : std::runtime_error(reason(connection)),
      code_(sqlite3_errcode(connection) & 0xff) {}  // without its details

// Source: https://sqlite.org/rescode.html
bool Refusal::blames_database() const noexcept {
    switch (code_) {
        case SQLITE_BUSY:
        case SQLITE_CANTOPEN:
        case SQLITE_CORRUPT:
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
        case SQLITE_NOTADB:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL:
        case SQLITE_READONLY: return true;
        default: return false;  // SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH …
    }
}

Connection connect(const std::string& file) {
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                          SQLITE_OPEN_NOMUTEX;  // the store has mutexes of its own
    sqlite3* opened = nullptr;
    const int result = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
    Connection connection{opened};  // there is one to close even when opening has failed
    if (result != SQLITE_OK) throw Refusal{opened};
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, static_cast<int>(lock_patience.count()));
    return connection;
}

// --- Statements ---

Statement::Statement(const Connection& connection, const char* sql)
    : connection_(connection.get()) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(connection_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement,
                             nullptr));
    statement_.reset(statement);
}

void Statement::bind(std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), 1, value));
}

void Statement::bind(std::string_view bytes, int parameter) {
    const char* begin = bytes.empty() ? "" : bytes.data();  // a null pointer means NULL
    check(sqlite3_bind_blob64(statement_.get(), parameter, begin, bytes.size(), nullptr));
}

std::optional<std::string> Statement::run() {
    const Reset reset{statement_.get()};
    const int result = sqlite3_step(statement_.get());
    if (result == SQLITE_DONE) return std::nullopt;
    if (result != SQLITE_ROW) throw Refusal{connection_};
    const void* bytes = sqlite3_column_blob(statement_.get(), 0);
    const int size = sqlite3_column_bytes(statement_.get(), 0);
    if (size == 0) return std::string{};
    return std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) throw Refusal{connection_};
}

std::optional<std::string> run(const Connection& connection, const char* sql) {
    return Statement{connection, sql}.run();
}

// --- Blobs ---

Blob::Blob(const Connection& connection, std::int64_t pk, Access access)
    : connection_(connection.get()) {
    sqlite3_blob* blob = nullptr;
    check(sqlite3_blob_open(connection_, "main", "items", "body", pk,
                            static_cast<int>(access), &blob));
    blob_.reset(blob);
}

std::size_t Blob::size() const {
    return static_cast<std::size_t>(sqlite3_blob_bytes(blob_.get()));
}

// No blob is larger than an int says: sqlite.org/limits.html.
void Blob::read(std::size_t offset, std::span<char> into) const {
    check(sqlite3_blob_read(blob_.get(), into.data(), static_cast<int>(into.size()),
                            static_cast<int>(offset)));
}

void Blob::write(std::size_t offset, std::span<const char> bytes) {
    check(sqlite3_blob_write(blob_.get(), bytes.data(), static_cast<int>(bytes.size()),
                             static_cast<int>(offset)));
}

void Blob::check(int result) const {
    if (result != SQLITE_OK) throw Refusal{connection_};
}

}  // namespace six::sqlite
