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
    /// Who does the work. Both are borrowed, and must outlive it.
    struct Threads {
        ThreadPool& copy;  ///< copies it, for seconds perhaps
        ThreadPool& read;  ///< reads a piece of the copy
    };

    /// `loop` and `items` are borrowed, and must outlive the work that they are needed for.
    SpooledItem(EventLoop& loop, ItemStore& items, Threads threads, std::int64_t pk,
                std::uint64_t size, const SpoolPlace& place)
        : loop_(loop),
          items_(items),
          threads_(threads),
          pk_(pk),
          size_(size),
          spool_(std::make_shared<Spool>(place)) {}

    Task<std::string> next_piece() override;

  private:
    Task<std::uint64_t> copy();

    EventLoop& loop_;
    ItemStore& items_;
    const Threads threads_;
    const std::int64_t pk_;
    const std::uint64_t size_;
    // Shared with who works on it, one at a time. Who copies stops when we are gone.
    std::shared_ptr<Spool> spool_;
    std::uint64_t offset_ = 0;
    bool copied_ = false;
};

}  // namespace six::full
