// PostgreSQL, for those who outgrow one machine. Read first: connection.hpp, lane.hpp.
// Read next: session.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "06_full_server/database.hpp"

namespace six::full {

struct PostgresOptions {
    std::string address;                        ///< postgresql://USER@HOST/DATABASE
    int connections = 2;                        ///< of each loop
    std::chrono::milliseconds patience{5'000};  ///< for an answer, and to connect
    std::chrono::milliseconds save_delay{0};    ///< each transaction takes so much longer
    std::size_t queued = 10'000;                ///< saves that may wait, and finds
    std::size_t batch = 256;                    ///< statements in one transaction
    std::size_t bytes = 256 * 1024 * 1024;      ///< of items on their way to it or from it

    /// What is larger would be an upload, which waits in a file; this store takes none.
    static constexpr std::size_t largest_item = 1024 * 1024;
};

/// What is wrong with an address. Empty: nothing is. Doesn't repeat any of it, since it may
/// hold a password.
std::string complaint_about(const std::string& address);

/// Connects, and creates the table if it is missing: blocks, at most for `patience` (and
/// for the look-up of a name). Throws std::runtime_error, with one sentence that doesn't
/// have the password in it, when the database is of no use, or when this server was built
/// without libpq.
std::unique_ptr<Database> open_postgres(const PostgresOptions& options);

}  // namespace six::full
