// A disk that can lose power, for tests of durability: it stands between SQLite and the
// real files. A killed process is no such test, since the system keeps what it had written.
#pragma once

#include <memory>

namespace six::testing {

/// SQLite's default file system (its "VFS") for as long as this lives. Files are read and
/// written as ever; besides, it remembers what each file held when it was last synced.
/// Stores must be opened after it and closed before it. Thread-safe. Source:
/// https://sqlite.org/vfs.html
class PowerLossVfs {
  public:
    PowerLossVfs();
    ~PowerLossVfs();
    PowerLossVfs(const PowerLossVfs&) = delete;
    PowerLossVfs& operator=(const PowerLossVfs&) = delete;

    /// Pulls the plug: from now on every write, sync and delete fails and changes nothing.
    void cut_power();
    /// Power is back: every file holds what had been synced, and not a byte of what was
    /// only written. Call it when all stores are closed.
    void restore_power();

    /// While full, no file can grow.
    void set_disk_full(bool full);

    struct Disk;  // what only the .cpp knows

  private:
    std::unique_ptr<Disk> disk_;
};

}  // namespace six::testing
