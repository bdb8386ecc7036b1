// SQLite is a C library: here each of its objects gets an owner, and its result codes
// become exceptions. Private to common/items. Read next: item_store.cpp.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace six::sqlite {

/// What SQLite refused, and why. Never leaves common/items.
class Refusal : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
    explicit Refusal(sqlite3* connection);
    /// The disk, a lock, the file: any other row would have met the same. False: it may
    /// well be about this row.
    bool blames_database() const noexcept;

  private:
    int code_ = SQLITE_ERROR;
};

struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    void operator()(sqlite3_blob* blob) const { sqlite3_blob_close(blob); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

/// Opens or creates a database file. Waits for a lock that another process holds on it, now
/// and in every call later, for a second and no longer.
Connection connect(const std::string& file);

/// SQL that is compiled once and run many times.
class Statement {
  public:
    Statement(const Connection& connection, const char* sql);

    void bind(std::int64_t value);
    /// Borrows the bytes until `run` is over. Parameters count from 1.
    void bind(std::string_view bytes, int parameter = 1);
    /// Blocks until it is done. Returns the first value of the first row, if there is a
    /// row.
    std::optional<std::string> run();

  private:
    void check(int result) const;

    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Close> statement_;
};

/// Runs it once.
std::optional<std::string> run(const Connection& connection, const char* sql);

/// The body of one item, read or written piece by piece. Source:
/// https://sqlite.org/c3ref/blob_open.html
class Blob {
  public:
    enum class Access : int { read = 0, write = 1 };
    Blob(const Connection& connection, std::int64_t pk, Access access);

    std::size_t size() const;
    /// Both block, and stay within the body.
    void read(std::size_t offset, std::span<char> into) const;
    void write(std::size_t offset, std::span<const char> bytes);

  private:
    void check(int result) const;

    sqlite3* connection_;
    std::unique_ptr<sqlite3_blob, Close> blob_;
};

}  // namespace six::sqlite
