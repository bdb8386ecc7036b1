// The items in a file of this machine's: one thread writes, one reads. Read first:
// database.hpp, committer.hpp.
#pragma once

#include "02_threads/thread_pool.hpp"
#include "06_full_server/committer.hpp"
#include "06_full_server/database.hpp"

namespace six::full {

/// Who waits for the disk.
enum class CommitOn : bool { writer, loop };

/// SQLite's file. Saves are committed in groups; finds have a thread of their own, so
/// that they don't queue behind the saves.
class SqliteDatabase final : public Database {
  public:
    /// Throws std::runtime_error when the file is of no use. At most `limits.queued` saves
    /// may wait, and as many finds. The loops of its stores must outlive it.
    SqliteDatabase(const ItemStore::Options& options, const Committer::Limits& limits,
                   CommitOn commit_on);

    std::unique_ptr<Store> store_for(EventLoop& loop) override;
    Figures figures() const override;

  private:
    ItemStore items_;
    ThreadPool reader_;  // of one thread: the store has one connection to read with
    Committer writer_;
    const CommitOn commit_on_;
};

}  // namespace six::full
