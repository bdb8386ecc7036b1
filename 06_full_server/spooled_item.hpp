// A large item, on its way from SQLite's file to a client. Read before: spool.hpp. Read
// next: sqlite_database.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "02_threads/thread_pool.hpp"
#include "04_event_loop/event_loop.hpp"
#include "06_full_server/database.hpp"
#include "06_full_server/spool.hpp"
#include "common/items/item_store.hpp"

namespace six::full {

/// An item that is copied to a file when its first piece is asked for, then read from
/// there. The client may read as slowly as it likes: the database waits for nobody.
class SpooledItem final : public LargeItem {
  public:
    /// `items`, `disk` (whose thread copies and reads) and `loop` are borrowed, and must
    /// outlive the work that it gives to the thread.
    SpooledItem(EventLoop& loop, ItemStore& items, ThreadPool& disk, std::int64_t pk,
                const SpoolPlace& place)
        : loop_(loop),
          items_(items),
          disk_(disk),
          pk_(pk),
          spool_(std::make_shared<Spool>(place)) {}

    Task<std::string> next_piece() override;

  private:
    Task<bool> copy();

    EventLoop& loop_;
    ItemStore& items_;
    ThreadPool& disk_;
    const std::int64_t pk_;
    // Of the loop's thread and the disk's, in turns. The latter stops when it is gone.
    std::shared_ptr<Spool> spool_;
    bool copied_ = false;
    std::uint64_t offset_ = 0;
};

}  // namespace six::full
