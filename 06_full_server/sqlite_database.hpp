// The items in a file of this machine's: one thread writes, one reads, and where items may
// be large a third one copies them. Read first: database.hpp, committer.hpp,
// spooled_item.hpp.
#pragma once

#include <optional>

#include "02_threads/thread_pool.hpp"
#include "06_full_server/committer.hpp"
#include "06_full_server/database.hpp"
#include "06_full_server/spool.hpp"

namespace six::full {

/// Who waits for the disk.
enum class CommitOn : bool { writer, loop };

/// What becomes of items that are too large for the memory when a client asks for them.
struct LargeItems {
    bool expected = false;  ///< a thread of its own copies them; else who reads does
    SpoolPlace place;       ///< where to
};

/// SQLite's file. Saves are committed in groups; finds have a thread of their own, so
/// that they don't queue behind the saves.
class SqliteDatabase final : public Database {
  public:
    /// Throws std::runtime_error when the file is of no use. At most `limits.queued` saves
    /// may wait, and as many finds and copies. The loops of its stores, and the room in
    /// `large`, must outlive it.
    SqliteDatabase(const ItemStore::Options& options, const Committer::Limits& limits,
                   CommitOn commit_on, const LargeItems& large);

    std::unique_ptr<Store> store_for(EventLoop& loop) override;
    Figures figures() const override;

  private:
    ItemStore items_;
    ThreadPool reader_;  // of one thread: the store has one connection to find with
    std::optional<ThreadPool> copier_;  // none: the reader does it
    Committer writer_;
    const CommitOn commit_on_;
    const SpoolPlace place_;
};

}  // namespace six::full
