// Another program at the same database, in tests: plain SQL on a connection of its own.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace six::testing {

/// A connection that a store doesn't know of. One thread.
class OtherConnection {
  public:
    explicit OtherConnection(const std::string& file) {
        sqlite3* opened = nullptr;
        const int result = sqlite3_open(file.c_str(), &opened);
        connection_.reset(opened);
        if (result != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(opened));
    }

    /// Runs SQL and returns its first value as text, empty if there is none. Throws
    /// std::runtime_error.
    std::string run(const std::string& sql) {
        std::string first;
        const auto keep = [](void* to, int columns, char** values, char**) {
            auto& kept = *static_cast<std::string*>(to);
            if (columns > 0 && values[0] && kept.empty()) kept = values[0];
            return 0;
        };
        if (sqlite3_exec(connection_.get(), sql.c_str(), keep, &first, nullptr) !=
            SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(connection_.get()));
        return first;
    }

  private:
    struct Close {
        void operator()(sqlite3* connection) const { sqlite3_close(connection); }
    };
    std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace six::testing
