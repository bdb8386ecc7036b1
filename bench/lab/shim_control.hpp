// What the lab and the shim say to each other: a page of memory that both map, and a
// journal of what the server wrote. Read next: shim.cpp (the server's side), shim.hpp (the
// lab's).
#pragma once

#include <atomic>
#include <cstdint>

namespace six::lab {

/// The faults, switched on and off while the server runs. All zero: nothing is wrong. Any
/// thread, in both processes.
struct ShimControl {
    std::atomic<int> accept_error;   ///< the errno that accept(2) gives; 0: it works
    std::atomic<int> write_error;    ///< the same for writes to the database's files
    std::atomic<int> sync_error;     ///< the same for fdatasync(2) and fsync(2) of them
    std::atomic<int> sync_lies;      ///< 1: a sync succeeds, and nothing is on the disk
    std::atomic<int> sync_delay_ms;  ///< a sync takes so much longer
    std::atomic<long> clock_step_s;  ///< seconds that CLOCK_REALTIME has jumped
    std::atomic<long> failures;      ///< calls that the shim has let fail so far
    std::atomic<long> delays;        ///< syncs that it has made longer so far
};
static_assert(std::atomic<int>::is_always_lock_free);
static_assert(std::atomic<long>::is_always_lock_free);

/// The files that a database is made of. (Its -shm is rebuilt from the log after a crash,
/// and its rollback journal is gone before the server listens.)
enum class DatabaseFile : std::uint32_t { none, main, log };

/// A record of the journal, followed by `bytes` bytes if it is a write.
struct JournalRecord {
    enum class Kind : std::uint32_t { write, truncate, sync };
    Kind kind;
    DatabaseFile file;
    /// Of a write: where. Of a truncate: the new size. Of a sync: how many records were in
    /// the journal when it began; what was written before that is on the disk now.
    std::int64_t offset;
    std::int64_t bytes;
};

inline constexpr const char* control_variable = "SIX_LAB_CONTROL";
inline constexpr const char* journal_variable = "SIX_LAB_JOURNAL";

}  // namespace six::lab
